import { json, type Answer, type Request } from '../shared/http.ts';
import { CallError, expecting, readCall } from '../shared/mesos-call.ts';
import type { CallGrammar, JsonCall } from '../shared/mesos-call.ts';
import { nanoseconds } from '../shared/mesos.ts';
import { attachedFiles, listFolder, ownerName, readPiece, resolveFile } from './files.ts';
import type { FileEntry } from './files.ts';
import { v1Agent, v1Containers, v1Executors, v1Frameworks, v1State, v1Tasks } from './render-v1.ts';
import type { RoutesContext } from './routes.ts';

type Read = (context: RoutesContext, call: JsonCall) => object | Promise<object>;

const reads: Readonly<Record<string, Read>> = {
  GET_HEALTH: () => ({ healthy: true }),
  GET_VERSION: ({ version }) => ({ version_info: version }),
  GET_FLAGS: ({ view }) => ({
    flags: Object.entries(view().flags).map(([name, value]) => ({ name, value })),
  }),
  GET_LOGGING_LEVEL: () => ({ level: 0 }),
  GET_AGENT: ({ view }) => v1Agent(view()),
  GET_STATE: ({ view }) => v1State(view().tasks),
  GET_TASKS: ({ view }) => v1Tasks(view().tasks),
  GET_EXECUTORS: ({ view }) => v1Executors(view().tasks),
  GET_FRAMEWORKS: ({ view }) => v1Frameworks(view().tasks),
  GET_CONTAINERS: async ({ sample }) => v1Containers(await sample()),
  GET_METRICS: async (context, call) => {
    need(call, 'get_metrics');
    const values = Object.entries(await context.metrics());
    return { metrics: values.map(([name, value]) => ({ name, value })) };
  },
  LIST_FILES: (context, call) => {
    const { path } = need(call, 'list_files') as { path: string };
    return { file_infos: listFolder(found(context, path), path).map(fileInfo) };
  },
  READ_FILE: (context, call) => {
    const { path, offset, length } = need(call, 'read_file') as ReadFile;
    const { size, data } = readPiece(found(context, path), offset, length ?? -1);
    return { size, data: data.toString('base64') };
  },
};

interface ReadFile {
  readonly path: string;
  readonly offset: number;
  readonly length?: number;
}

const grammar: CallGrammar = {
  name: 'agent::Call',
  types: new Set(Object.keys(reads)),
  required: ['list_files.path', 'read_file.path', 'read_file.offset'],
};

export async function answerCall(context: RoutesContext, request: Request): Promise<Answer> {
  try {
    const call = readCall(request, grammar);
    const result = await reads[call.type]?.(context, call);
    return json({ type: call.type, [call.type.toLowerCase()]: result });
  } catch (fault) {
    if (fault instanceof CallError) return fault.answer;
    throw fault;
  }
}

function need(call: JsonCall, field: string): unknown {
  const value = call[field];
  if (value === undefined) throw expecting(grammar, field);
  return value;
}

function found({ view }: RoutesContext, path: string): string {
  const real = resolveFile(attachedFiles(view().tasks), path);
  if (real === undefined) throw new CallError(404, '');
  return real;
}

function fileInfo({ path, stats }: FileEntry): object {
  return {
    path,
    nlink: stats.nlink,
    size: stats.size,
    mtime: nanoseconds(Math.floor(stats.mtimeMs)),
    mode: stats.mode,
    uid: ownerName(stats.uid, '/etc/passwd'),
    gid: ownerName(stats.gid, '/etc/group'),
  };
}
