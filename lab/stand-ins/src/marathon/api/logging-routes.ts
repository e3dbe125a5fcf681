import { z } from 'zod';
import { json, type Route } from '../../shared/http.ts';
import { invalid } from '../core/api-fault.ts';
import { parseBody } from './request-body.ts';

const change = z.object({
  level: z.string().min(1),
  logger: z.string().min(1),
  durationSeconds: z.number().int().min(1).optional(),
});

/** `/logging` keeps what it is told and shows it; this process has one level only. */
export function loggingRoutes(): Route[] {
  const levels = new Map([['ROOT', 'INFO']]);
  return [
    { method: 'GET', path: '/logging', handle: () => json(Object.fromEntries(levels)) },
    {
      method: 'POST',
      path: '/logging',
      handle: (request) => {
        const parsed = change.safeParse(parseBody(request));
        if (!parsed.success) {
          const faults = parsed.error.issues.map(({ path, message }) => ({
            path: `/${path.join('/')}`,
            errors: [message],
          }));
          throw invalid(faults);
        }
        levels.set(parsed.data.logger, parsed.data.level.toUpperCase());
        return json(parsed.data);
      },
    },
  ];
}
