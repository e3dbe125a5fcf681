import { z } from 'zod';
import { constraint, healthCheck, readinessCheck } from './check-schema.ts';

const labels = z.record(z.string(), z.string());
const port = z.number().int().min(0).max(65_535);

const portDefinition = z.object({
  port: port.default(0),
  protocol: z.enum(['tcp', 'udp', 'udp,tcp']).default('tcp'),
  name: z.string().optional(),
  labels: labels.default({}),
});

const portMapping = z.object({
  containerPort: port.default(0),
  hostPort: port.optional(),
  servicePort: port.default(0),
  protocol: z.enum(['tcp', 'udp', 'udp,tcp']).default('tcp'),
  name: z.string().optional(),
  labels: labels.default({}),
});

const volume = z.object({
  containerPath: z.string().min(1),
  hostPath: z.string().optional(),
  mode: z.enum(['RO', 'RW']).default('RW'),
  persistent: z.unknown().optional(),
  external: z.unknown().optional(),
  secret: z.string().optional(),
});

const container = z.object({
  type: z.enum(['DOCKER', 'MESOS']).default('DOCKER'),
  docker: z
    .object({
      image: z.string().min(1),
      forcePullImage: z.boolean().default(false),
      privileged: z.boolean().default(false),
      parameters: z.array(z.object({ key: z.string(), value: z.string() })).default([]),
    })
    .optional(),
  volumes: z.array(volume).default([]),
  portMappings: z.array(portMapping).optional(),
});

const capacity = z.number().min(0).max(1);

const unreachableStrategy = z.union([
  z.literal('disabled'),
  z
    .object({
      inactiveAfterSeconds: z.number().int().min(0).default(0),
      expungeAfterSeconds: z.number().int().min(0).default(0),
    })
    .refine((one) => one.expungeAfterSeconds >= one.inactiveAfterSeconds, {
      path: ['inactiveAfterSeconds'],
      message: 'inactiveAfterSeconds must be less than or equal to expungeAfterSeconds',
    }),
]);

/**
 * Fields and defaults of `types/app.raml` (Marathon 1.10). Fields that this stand-in does not act on
 * are kept and shown again; unknown ones are dropped, as the real parser does.
 */
export const appSchema = z.object({
  id: z.string(),
  cmd: z.string().min(1).optional(),
  args: z.array(z.string()).optional(),
  user: z.string().optional(),
  env: z.record(z.string(), z.union([z.string(), z.object({ secret: z.string() })])).default({}),
  instances: z.number().int().min(0).default(1),
  cpus: z.number().min(0).default(1),
  mem: z.number().min(0).default(128),
  disk: z.number().min(0).default(0),
  gpus: z.number().int().min(0).default(0),
  executor: z.string().default(''),
  constraints: z.array(constraint).default([]),
  fetch: z
    .array(
      z.object({
        uri: z.string(),
        extract: z.boolean().default(true),
        executable: z.boolean().default(false),
        cache: z.boolean().default(false),
        destPath: z.string().optional(),
      }),
    )
    .default([]),
  container: container.optional(),
  networks: z
    .array(
      z.object({
        mode: z.enum(['host', 'container', 'container/bridge']).default('container'),
        name: z.string().optional(),
      }),
    )
    .default([{ mode: 'host' }]),
  portDefinitions: z.array(portDefinition).optional(),
  requirePorts: z.boolean().default(false),
  backoffSeconds: z.number().min(0).default(1),
  backoffFactor: z.number().min(0).default(1.15),
  maxLaunchDelaySeconds: z.number().min(0).default(300),
  healthChecks: z.array(healthCheck).default([]),
  readinessChecks: z.array(readinessCheck).default([]),
  dependencies: z.array(z.string()).default([]),
  upgradeStrategy: z
    .object({
      minimumHealthCapacity: capacity.default(1),
      maximumOverCapacity: capacity.default(1),
    })
    .optional(),
  labels: labels.default({}),
  acceptedResourceRoles: z.array(z.string()).optional(),
  role: z.string().optional(),
  taskKillGracePeriodSeconds: z.number().int().min(0).optional(),
  unreachableStrategy: unreachableStrategy.default({
    inactiveAfterSeconds: 0,
    expungeAfterSeconds: 0,
  }),
  killSelection: z.enum(['YOUNGEST_FIRST', 'OLDEST_FIRST']).default('YOUNGEST_FIRST'),
  tty: z.boolean().optional(),
});

/** An app as people send it, with the defaults filled in. */
export type AppDefinition = z.infer<typeof appSchema>;
export type HealthCheck = AppDefinition['healthChecks'][number];
export type ReadinessCheck = AppDefinition['readinessChecks'][number];

export interface VersionInfo {
  readonly lastScalingAt: string;
  readonly lastConfigChangeAt: string;
}

/** An app as Marathon keeps and shows it. */
export type App = AppDefinition & {
  readonly version: string;
  readonly versionInfo: VersionInfo;
  readonly role: string;
  readonly upgradeStrategy: { minimumHealthCapacity: number; maximumOverCapacity: number };
};
