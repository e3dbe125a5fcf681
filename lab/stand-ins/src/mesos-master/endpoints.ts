import { empty, json, notFound, text, type Answer, type Request } from '../shared/http.ts';
import { CallError, methodNotAllowed } from '../shared/mesos-call.ts';
import type { Core } from './core.ts';
import { maintenanceSchedule, maintenanceStatus } from './maintenance.ts';
import { startMaintenance, stopMaintenance, updateSchedule } from './maintenance.ts';
import { setLoggingLevel, teardown } from './operator-changes.ts';
import { quotaStatus } from './quota.ts';
import { parseDurationMs } from '../shared/quantities.ts';
import type { MachineId, MaintenanceWindow } from './registry.ts';
import { updateWeights, weightInfos, type WeightInfo } from './weights.ts';

type Handler = (core: Core, request: Request) => Answer | Promise<Answer>;

/** The endpoints that change something, by method, from before there was `/api/v1`. */
export const oldEndpoints: Readonly<Record<string, Readonly<Record<string, Handler>>>> = {
  '/weights': {
    GET: (core) => json(weightInfos(core)),
    PUT: async (core, request) => {
      await updateWeights(core, parse(request) as readonly WeightInfo[]);
      return empty(200);
    },
  },
  '/quota': { GET: (core) => json(quotaStatus(core)), POST: unsupported, DELETE: unsupported },
  '/maintenance/schedule': {
    GET: (core) => json(maintenanceSchedule(core)),
    POST: async (core, request) => {
      const { windows = [] } = parse(request) as { windows?: readonly MaintenanceWindow[] };
      await updateSchedule(core, windows);
      return empty(200);
    },
  },
  '/maintenance/status': { GET: (core) => json(maintenanceStatus(core)) },
  '/machine/down': {
    POST: async (core, request) => {
      await startMaintenance(core, parse(request) as readonly MachineId[]);
      return empty(200);
    },
  },
  '/machine/up': {
    POST: async (core, request) => {
      await stopMaintenance(core, parse(request) as readonly MachineId[]);
      return empty(200);
    },
  },
  '/teardown': {
    POST: (core, request) => {
      const form = new URLSearchParams(request.body.toString('utf8'));
      teardown(core, form.get('frameworkId') ?? undefined);
      return empty(200);
    },
  },
  ...Object.fromEntries(
    ['/reserve', '/unreserve', '/create-volumes', '/destroy-volumes'].map((path) => [
      path,
      { POST: unsupported },
    ]),
  ),
};

function unsupported(_core: Core, { method, path }: Request): Answer {
  return text(`${method} ${path} is not supported`, 501);
}

export async function answerOld(
  core: Core,
  request: Request,
  handlers: Readonly<Record<string, Handler>>,
): Promise<Answer> {
  const handler = handlers[request.method];
  try {
    if (handler === undefined) throw methodNotAllowed(request.method, Object.keys(handlers));
    return await handler(core, request);
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}

function parse({ body }: Request): unknown {
  const given = body.toString('utf8');
  try {
    return JSON.parse(given);
  } catch {
    throw new CallError(400, `syntax error at line 1 near: ${given}`);
  }
}

/** Without parameters it tells the level; with both it sets it (3rdparty/libprocess logging.cpp, 1.11). */
export function toggleLogging(core: Core, { query }: Request): Answer {
  const level = query.get('level');
  const duration = query.get('duration');
  if (level === null && duration === null) return text(`${core.logging.level}\n`);
  if (level === null) return text("Expecting 'level=value' in query.\n", 400);
  if (duration === null) return text("Expecting 'duration=value' in query.\n", 400);
  try {
    setLoggingLevel(core, Number(level), parseDurationMs(duration));
    return empty(200);
  } catch (fault) {
    return text(`${String(fault)}.\n`, 400);
  }
}

/** No file is attached: there is nothing to browse or to read. */
export function files({ path, query }: Request): Answer {
  if (path === '/files/debug') return json({});
  return query.get('path') === null ? text("Expecting 'path=value' in query.\n", 400) : notFound;
}
