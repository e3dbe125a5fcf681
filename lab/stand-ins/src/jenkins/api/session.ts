import { randomBytes } from 'node:crypto';
import type { Request } from '../../shared/http.ts';
import { anonymous, type Security, type Who } from '../security.ts';

/** More are forgotten, oldest first. */
const mostSessions = 1000;

/** Browser sessions by cookie, and who a request comes from. */
export class Sessions {
  readonly cookieName = `JSESSIONID.${randomBytes(4).toString('hex')}`;
  readonly #security: Security;
  readonly #users = new Map<string, Who>();

  constructor(security: Security) {
    this.#security = security;
  }

  /** Undefined: wrong credentials. */
  who(request: Request): Who | undefined {
    const { authorization } = request.headers;
    if (authorization !== undefined) return this.#security.authenticate(authorization);
    return this.#users.get(this.idOf(request) ?? '') ?? anonymous;
  }

  idOf({ headers }: Request): string | undefined {
    const cookies = (headers.cookie ?? '').split(/;\s*/);
    const own = cookies.find((one) => one.startsWith(`${this.cookieName}=`));
    const id = own?.slice(this.cookieName.length + 1);
    return id !== undefined && this.#users.has(id) ? id : undefined;
  }

  open(who: Who): { id: string; cookie: string } {
    const id = `node0${randomBytes(16).toString('hex')}`;
    this.#users.set(id, who);
    const [oldest] = this.#users.keys();
    if (this.#users.size > mostSessions && oldest !== undefined) this.#users.delete(oldest);
    return { id, cookie: `${this.cookieName}=${id}; Path=/; HttpOnly` };
  }
}
