import { z } from 'zod';

/** What this stand-in acts on; everything else is accepted and kept. */
export type CascConfig = z.infer<typeof configSchema>;

const text = z.union([z.string(), z.number(), z.boolean()]).transform(String);
const count = z.coerce.number().int();

/** `hudson.slaves.DumbSlave`; only inbound agents are known, nothing here starts one by itself. */
const permanentNode = z.strictObject({
  name: text,
  nodeDescription: text.optional(),
  remoteFS: text,
  numExecutors: count.min(1).default(1),
  mode: z.enum(['NORMAL', 'EXCLUSIVE']).default('NORMAL'),
  labelString: text.default(''),
  launcher: z.union([
    z.enum(['inbound', 'jnlp']),
    z.strictObject({ inbound: z.looseObject({}).nullable() }),
    z.strictObject({ jnlp: z.looseObject({}).nullable() }),
  ]),
  retentionStrategy: z.unknown().optional(),
  nodeProperties: z.unknown().optional(),
});

const jenkinsSchema = z.looseObject({
  systemMessage: text.optional(),
  numExecutors: count.min(0).optional(),
  slaveAgentPort: count.min(-1).max(65_535).optional(),
  quietPeriod: count.min(0).optional(),
  mode: z.enum(['NORMAL', 'EXCLUSIVE']).optional(),
  labelString: text.optional(),
  securityRealm: z
    .looseObject({
      local: z
        .looseObject({
          allowsSignup: z.coerce.boolean().optional(),
          users: z.array(z.looseObject({ id: text, password: text.optional() })).default([]),
        })
        .optional(),
    })
    .or(z.string())
    .optional(),
  authorizationStrategy: z
    .union([
      z.string(),
      z.looseObject({
        loggedInUsersCanDoAnything: z
          .looseObject({ allowAnonymousRead: z.boolean().default(true) })
          .optional(),
      }),
    ])
    .optional(),
  crumbIssuer: z.unknown().optional(),
  clouds: z.array(z.record(z.string(), z.unknown())).default([]),
  nodes: z.array(z.strictObject({ permanent: permanentNode })).default([]),
});

const logRotator = z.looseObject({
  discarder: z.strictObject({
    logRotator: z.looseObject({
      numToKeepStr: text.optional(),
      daysToKeepStr: text.optional(),
    }),
  }),
});

/**
 * `jobBuildDiscarder` and `simpleBuildDiscarder` (for every job) are core's; `defaultBuildDiscarder` (for
 * jobs without a rule of their own) comes with the plugin build-discarder.
 */
const buildDiscarder = z.union([
  z.literal('jobBuildDiscarder'),
  z.strictObject({ simpleBuildDiscarder: logRotator }),
  z.strictObject({ defaultBuildDiscarder: logRotator }),
]);

export const configSchema = z.looseObject({
  jenkins: jenkinsSchema.prefault({}),
  unclassified: z
    .looseObject({
      location: z.looseObject({ url: text.optional() }).optional(),
      buildDiscarders: z
        .looseObject({ configuredBuildDiscarders: z.array(buildDiscarder).optional() })
        .optional(),
    })
    .prefault({}),
});
