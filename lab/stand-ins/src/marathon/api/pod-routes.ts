import { json, type Route } from '../../shared/http.ts';
import { ApiFault } from '../core/api-fault.ts';

/** There are none: questions are answered so, everything that would make one is refused. */
export function podRoutes(): Route[] {
  const refuse = () => {
    throw new ApiFault(501, { message: 'this stand-in of Marathon knows apps only, no pods' });
  };
  const missing = () => {
    throw new ApiFault(404, { message: 'Pod does not exist' });
  };
  return [
    { method: 'GET', path: '/v2/pods', handle: () => json([]) },
    { method: 'GET', path: '/v2/pods/*id', handle: missing },
    { method: 'DELETE', path: '/v2/pods/*id', handle: missing },
    { method: '*', path: '/v2/pods', handle: refuse },
    { method: '*', path: '/v2/pods/*id', handle: refuse },
  ];
}
