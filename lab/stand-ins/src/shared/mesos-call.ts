import { text, type Answer, type Request } from './http.ts';

/** A body that Mesos would refuse, with the status and words it uses. */
export class CallError extends Error {
  override readonly name = 'CallError';
  readonly status: number;
  readonly #headers: Readonly<Record<string, string>>;

  constructor(status: number, message: string, headers: Readonly<Record<string, string>> = {}) {
    super(message);
    this.status = status;
    this.#headers = headers;
  }

  get answer(): Answer {
    const answer = text(this.message, this.status);
    return { ...answer, headers: { ...this.#headers, ...answer.headers } };
  }
}

export interface JsonCall {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface CallGrammar {
  /** `scheduler::Call`, as in the messages. */
  readonly name: string;
  readonly types: ReadonlySet<string>;
  /** Dotted paths of fields that the protobuf message cannot be without, if their parent is there. */
  readonly required: readonly string[];
}

/** The checks that all of Mesos' v1 endpoints make before looking at a call, in their order (1.12.0). */
export function readCall(request: Request, grammar: CallGrammar): JsonCall {
  if (request.method !== 'POST') throw methodNotAllowed(request.method);
  checkContentType(request.headers['content-type']);
  const body = parseJson(request.body.toString('utf8'));
  const missing = grammar.required.flatMap((path) => missingIn(body, path.split('.')));
  if (missing.length > 0) {
    throw new CallError(
      400,
      `Failed to convert JSON into Call protobuf: Missing required fields: ${missing.join(', ')}`,
    );
  }
  const { type } = body;
  // A value that the enumeration does not know reads as a field that is not there.
  if (typeof type !== 'string' || !grammar.types.has(type)) throw expecting(grammar, 'type');
  return { ...body, type };
}

export function expecting(grammar: CallGrammar, field: string): CallError {
  return invalid(grammar, `Expecting '${field}' to be present`);
}

export function invalid(grammar: CallGrammar, fault: string): CallError {
  return new CallError(400, `Failed to validate ${grammar.name}: ${fault}`);
}

export function methodNotAllowed(method: string, allowed: readonly string[] = ['POST']): CallError {
  const quoted = allowed.map((one) => `'${one}'`).join(', ');
  return new CallError(
    405,
    `405 Method Not Allowed. Expecting one of { ${quoted} }, but received '${method}'.`,
    { Allow: allowed.join(', ') },
  );
}

function checkContentType(type: string | undefined): void {
  if (type === undefined || type === '') {
    throw new CallError(400, "Expecting 'Content-Type' to be present");
  }
  if (!type.startsWith('application/json')) {
    throw new CallError(
      415,
      "Expecting 'Content-Type' of application/json or application/x-protobuf",
    );
  }
}

function parseJson(body: string): Record<string, unknown> {
  let value: unknown;
  try {
    value = withoutNulls(JSON.parse(body));
  } catch (fault) {
    const near = body.slice(errorPosition(fault, body)).split('\n')[0] ?? '';
    throw new CallError(
      400,
      `Failed to parse body into JSON: syntax error at line 1 near: ${near}`,
    );
  }
  if (typeof value === 'object' && value !== null && !Array.isArray(value)) {
    return value as Record<string, unknown>;
  }
  throw new CallError(400, 'Failed to convert JSON into Call protobuf: Expecting a JSON object');
}

/** For protobuf a field that is null is a field that is not there; clients in many languages write such. */
function withoutNulls(value: unknown): unknown {
  if (Array.isArray(value)) return value.filter((one) => one !== null).map(withoutNulls);
  if (typeof value !== 'object' || value === null) return value;
  const present = Object.entries(value).filter(([, one]) => one !== null);
  return Object.fromEntries(present.map(([name, one]) => [name, withoutNulls(one)]));
}

function errorPosition(fault: unknown, body: string): number {
  const match = /at position (\d+)/.exec(fault instanceof Error ? fault.message : '');
  return match === null ? body.length : Number(match[1]);
}

/** Where the parent is there and the field is not, as protobuf spells it: `windows[0].unavailability`. */
function missingIn(parent: unknown, path: readonly string[], above = ''): string[] {
  const [name = '', ...rest] = path;
  const field = (parent as Record<string, unknown> | undefined)?.[name] ?? undefined;
  if (rest.length === 0) return field === undefined ? [`${above}${name}`] : [];
  if (field === undefined) return [];
  if (!Array.isArray(field)) return missingIn(field, rest, `${above}${name}.`);
  return field.flatMap((one, at) => missingIn(one, rest, `${above}${name}[${at}].`));
}
