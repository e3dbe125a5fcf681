import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { ApiTokens } from './api-tokens.ts';
import type { CascConfig } from './casc-schema.ts';

export interface Who {
  readonly name: string;
  readonly anonymous: boolean;
  /** By an API token: needs no crumb (since 2.96). */
  readonly byToken?: boolean;
}

export const anonymous: Who = { name: 'anonymous', anonymous: true };

/** Who somebody is, what they may do, and the crumbs that protect a browser's session. */
export class Security {
  readonly #salt = randomBytes(16).toString('hex');
  readonly #tokens: ApiTokens;
  #passwords: ReadonlyMap<string, string> = new Map();
  #enabled = false;
  #anonymousRead = true;

  constructor(config: CascConfig, tokens: ApiTokens) {
    this.#tokens = tokens;
    this.configure(config);
  }

  configure({ jenkins }: CascConfig): void {
    const { securityRealm, authorizationStrategy: strategy } = jenkins;
    const users = typeof securityRealm === 'object' ? (securityRealm.local?.users ?? []) : [];
    this.#passwords = new Map(users.map(({ id, password }) => [id, password ?? '']));
    this.#enabled = securityRealm !== undefined;
    this.#anonymousRead =
      !this.#enabled ||
      strategy === 'unsecured' ||
      (typeof strategy === 'object' &&
        (strategy.loggedInUsersCanDoAnything?.allowAnonymousRead ?? false));
  }

  get enabled(): boolean {
    return this.#enabled;
  }

  /** Undefined: credentials were given and are wrong (401). */
  authenticate(authorization: string | undefined): Who | undefined {
    if (authorization === undefined || !/^basic /i.test(authorization)) return anonymous;
    const [name = '', ...rest] = Buffer.from(authorization.slice(6), 'base64')
      .toString('utf8')
      .split(':');
    const secret = rest.join(':');
    if (this.accepts(name, secret)) return { name, anonymous: false };
    const isToken = this.#passwords.has(name) && this.#tokens.accepts(name, secret);
    return isToken ? { name, anonymous: false, byToken: true } : undefined;
  }

  accepts(name: string, password: string): boolean {
    const expected = this.#passwords.get(name);
    return expected !== undefined && expected !== '' && equal(expected, password);
  }

  mayRead(who: Who): boolean {
    return this.#anonymousRead || !who.anonymous;
  }

  mayChange(who: Who): boolean {
    return !this.#enabled || !who.anonymous;
  }

  /** Bound to user and session (since 2.176.2): a crumb without its cookie is worth nothing. */
  crumb(who: Who, session: string): string {
    return createHash('sha256').update(`${who.name};${session};${this.#salt}`).digest('hex');
  }
}

function equal(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(a), digest(b));
}
