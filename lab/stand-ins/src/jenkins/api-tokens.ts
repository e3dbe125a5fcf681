import { createHash, randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { writeAtomically } from './atomic-file.ts';

const saved = z.array(z.object({ uuid: z.string(), name: z.string(), hash: z.string() }));

/** API tokens of users; as in core only their hashes are kept, below `users/` in the home. */
export class ApiTokens {
  readonly #folder: string;

  constructor(home: string) {
    this.#folder = join(home, 'users');
  }

  /** The value is told this once. */
  generate(user: string, name: string): { uuid: string; name: string; value: string } {
    // Core: version 11 of the format, then 16 random bytes.
    const value = `11${randomBytes(16).toString('hex')}`;
    const uuid = randomUUID();
    const tokens = [...this.#read(user), { uuid, name, hash: hashOf(value) }];
    mkdirSync(join(this.#folder, user), { recursive: true });
    writeAtomically(this.#path(user), JSON.stringify(tokens), 0o600);
    return { uuid, name, value };
  }

  accepts(user: string, value: string): boolean {
    return (
      /^11[0-9a-f]{32}$/.test(value) && this.#read(user).some((one) => one.hash === hashOf(value))
    );
  }

  #read(user: string): z.infer<typeof saved> {
    if (!/^[\w.-]+$/.test(user) || !existsSync(this.#path(user))) return [];
    return saved.parse(JSON.parse(readFileSync(this.#path(user), 'utf8')));
  }

  #path(user: string): string {
    return join(this.#folder, user, 'api-tokens.json');
  }
}

function hashOf(value: string): string {
  return createHash('sha256').update(value).digest('hex');
}
