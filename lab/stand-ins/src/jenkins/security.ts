import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { CascConfig } from './casc.ts';

export interface Who {
  readonly name: string;
  readonly anonymous: boolean;
}

export const anonymous: Who = { name: 'anonymous', anonymous: true };

/** Who somebody is, what they may do, and the crumbs that protect a browser's session. */
export class Security {
  readonly enabled: boolean;
  readonly anonymousRead: boolean;
  readonly #passwords: ReadonlyMap<string, string>;
  readonly #salt = randomBytes(16).toString('hex');

  constructor({ jenkins }: CascConfig) {
    const { securityRealm, authorizationStrategy: strategy } = jenkins;
    const users = typeof securityRealm === 'object' ? (securityRealm.local?.users ?? []) : [];
    this.#passwords = new Map(users.map(({ id, password }) => [id, password ?? '']));
    this.enabled = securityRealm !== undefined;
    this.anonymousRead =
      !this.enabled ||
      strategy === 'unsecured' ||
      (typeof strategy === 'object' &&
        (strategy.loggedInUsersCanDoAnything?.allowAnonymousRead ?? false));
  }

  /** Undefined: credentials were given and are wrong (401). */
  authenticate(authorization: string | undefined): Who | undefined {
    if (authorization === undefined || !/^basic /i.test(authorization)) return anonymous;
    const [name = '', ...rest] = Buffer.from(authorization.slice(6), 'base64')
      .toString('utf8')
      .split(':');
    return this.accepts(name, rest.join(':')) ? { name, anonymous: false } : undefined;
  }

  accepts(name: string, password: string): boolean {
    const expected = this.#passwords.get(name);
    return expected !== undefined && expected !== '' && equal(expected, password);
  }

  mayRead(who: Who): boolean {
    return this.anonymousRead || !who.anonymous;
  }

  mayChange(who: Who): boolean {
    return !this.enabled || !who.anonymous;
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
