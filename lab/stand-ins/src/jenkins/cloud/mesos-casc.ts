import { z } from 'zod';
import { CascError } from '../casc.ts';

/** Scalars of YAML become what the constructor's parameter is, as JCasC's mapping does. */
const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const integer = text.refine((value) => /^[+-]?\d+$/.test(value), 'not an int').transform(Number);
const decimal = text
  .refine((value) => value.trim() !== '' && Number.isFinite(Number(value)), {
    error: ({ input }) => numberFormat(input),
  })
  .transform(Number);
/** `Boolean.parseBoolean`: anything else is false. */
const boolean = text.transform((value) => value.toLowerCase() === 'true');

const volumeSchema = z.strictObject({
  containerPath: text,
  hostPath: text.default(''),
  readOnly: boolean.default(false),
});

const uriSchema = z.strictObject({
  value: text,
  executable: boolean.default(false),
  extract: boolean.default(false),
});

const containerSchema = z.strictObject({
  type: z.enum(['DOCKER', 'MESOS']),
  dockerImage: text,
  dockerPrivilegedMode: boolean.default(false),
  dockerForcePullImage: boolean.default(false),
  isDind: boolean.default(false),
  // `ContainerInfoTaskInfoBuilder.DEFAULT_NETWORKING`
  networking: z.enum(['HOST', 'BRIDGE', 'NONE', 'USER']).default('BRIDGE'),
  volumes: z.array(volumeSchema).default([]),
});

/** `home`, `any`, either as a word or as a mapping, or a text filter. */
const domainFilterSchema = z.union([
  z.enum(['home', 'any']),
  z.strictObject({ home: z.unknown() }).transform(() => 'home' as const),
  z.strictObject({ any: z.unknown() }).transform(() => 'any' as const),
  z
    .strictObject({ stringDomainFilter: z.strictObject({ region: text, zone: text }) })
    .transform(({ stringDomainFilter }) => stringDomainFilter),
]);

const templateSchema = z.strictObject({
  label: text.default(''),
  mode: z.enum(['NORMAL', 'EXCLUSIVE']).default('NORMAL'),
  cpus: decimal.default(0.1),
  mem: z
    .union([z.undefined(), z.null(), text])
    .refine((value) => /^[+-]?\d+$/.test(value ?? ''), {
      error: ({ input }) => numberFormat(input),
    })
    .transform(Number),
  disk: decimal.default(0),
  idleTerminationMinutes: integer.default(0),
  minExecutors: integer.default(0),
  maxExecutors: integer.default(0),
  jnlpArgs: text.default(''),
  agentAttributes: text.default(''),
  additionalURIs: z.array(uriSchema).default([]),
  containerInfo: containerSchema.optional(),
  agentCommandStyle: z.enum(['Linux', 'Windows']).default('Linux'),
  domainFilterModel: domainFilterSchema.default('any'),
});

const cloudSchema = z.strictObject({
  // Missing ones are nulls to the constructor; they are noticed when the connection is made.
  mesosMasterUrl: text.optional(),
  frameworkName: text.optional(),
  frameworkId: text.default(''),
  role: text.optional(),
  agentUser: text.optional(),
  jenkinsURL: z
    .union([z.undefined(), z.null(), text])
    .refine((value) => URL.canParse(value ?? ''), {
      error: ({ input }) => `Mesos Cloud URL validation failed for Jenkins ${shown(input)}`,
    })
    .transform(String),
  mesosAgentSpecTemplates: z.array(templateSchema).default([]),
});

export type MesosCloudConfig = z.infer<typeof cloudSchema>;
export type AgentTemplate = z.infer<typeof templateSchema>;
export type ContainerTemplate = z.infer<typeof containerSchema>;

const packageName = 'org.jenkinsci.plugins.mesos';

/** The class of what stands at a path, and what it takes. */
const classes: readonly (readonly [RegExp, string, readonly string[]])[] = [
  [/^$/, 'MesosCloud', Object.keys(cloudSchema.shape)],
  [/^mesosAgentSpecTemplates\.\d+$/, 'MesosAgentSpecTemplate', Object.keys(templateSchema.shape)],
  [/\.containerInfo$/, 'MesosAgentSpecTemplate$ContainerInfo', Object.keys(containerSchema.shape)],
  [/\.volumes\.\d+$/, 'MesosAgentSpecTemplate$Volume', Object.keys(volumeSchema.shape)],
  [/\.additionalURIs\.\d+$/, 'MesosSlaveInfo$URI', Object.keys(uriSchema.shape)],
];

function numberFormat(input: unknown): string {
  return `java.lang.NumberFormatException: For input string: "${shown(input)}"`;
}

function shown(input: unknown): string {
  return typeof input === 'string' ? input : JSON.stringify(input ?? null);
}

/** The value of `jenkins.clouds[].mesos`; throws what Configuration as Code says. */
export function parseMesosCloud(value: unknown): MesosCloudConfig {
  const result = cloudSchema.safeParse(value);
  if (result.success) return result.data;
  const [issue] = result.error.issues;
  const exception = 'io.jenkins.plugins.casc.ConfiguratorException';
  throw new CascError(`${exception}: ${issue === undefined ? '' : describe(issue)}`);
}

function describe(issue: z.core.$ZodIssue): string {
  if (issue.code === 'unrecognized_keys') {
    const [name, attributes] = classAt(issue.path);
    return `Invalid configuration elements for type: class ${name} : ${issue.keys.join(', ')}.\nAvailable attributes : ${[...attributes].sort().join(', ')}`;
  }
  const [name] = classAt(issue.path.slice(0, -1));
  return `Failed to construct instance of class ${name}.\n ${String(issue.path.at(-1) ?? '')}: ${issue.message}`;
}

function classAt(path: readonly PropertyKey[]): [string, readonly string[]] {
  const at = path.map(String).join('.');
  const [, name, attributes] = classes.find(([pattern]) => pattern.test(at)) ?? [];
  return [`${packageName}.${name ?? 'MesosCloud'}`, attributes ?? []];
}
