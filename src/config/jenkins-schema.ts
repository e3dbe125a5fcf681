import { z } from 'zod';
import { environmentVariable, cpus, hostName, integer, port, text, userName } from './grammar.ts';
import { imageReference, localFile, remoteFolder } from './grammar-files.ts';
import { jenkinsUrl } from './grammar-network.ts';
import { defaultImages } from './images.ts';
import { duration, size } from './quantities.ts';
import {
  buildAgentSchema,
  buildLabel,
  canarySchema,
  frameworkSchema,
} from './build-agent-schema.ts';
import { defaultPlugins } from './plugins.ts';
import { listOf, mapOf, section } from './sections.ts';

/** Only the words after the program may begin with `-`: they are its options, on purpose. */
const commandWords = listOf(
  text('a word of at most 1000 characters', /^[^\r\n]{1,1000}$/),
  1,
  50,
).refine((words) => words[0]?.startsWith('-') === false, {
  error: 'must begin with a program, not with an option',
});

const secretReference = section({
  file: localFile.optional().describe('File that only you may read (mode 0600).'),
  env: environmentVariable.optional().describe('Environment variable.'),
  command: commandWords.optional().describe('Command, as a list of words, that prints the secret.'),
}).refine((reference) => Object.keys(reference).length === 1, {
  error: 'must have exactly one of file, env and command',
});

const path = remoteFolder.describe('Folder on the host, owned by uid 1000.');

const pinnedHome = section({
  kind: z.literal('pinned'),
  host: hostName.describe('Mesos agent that keeps the home; Jenkins runs there only.'),
  path: path
    .optional()
    .describe('Folder on that host; `<folders.data>/jenkins/<name>` if not given.'),
  backup: section({
    folder: remoteFolder
      .optional()
      .describe('On the same host; `<folders.data>/backups/jenkins/<name>` if not given.'),
    every: duration({ min: '1h', max: '720h' })
      .prefault('24h')
      .describe('Whole hours between two archives.'),
    keep: integer('a number of archives', 1, 1000).default(7).describe('Archives kept.'),
  })
    .prefault({})
    .describe('Archives of the home, made by a timer on the host.'),
});

const sharedHome = section({
  kind: z.literal('shared'),
  path: path.describe('The same network folder, mounted on every Mesos agent.'),
});

const home = z.discriminatedUnion('kind', [pinnedHome, sharedHome], {
  error: ({ input }) => homeMissing(input),
});

function homeMissing(input: unknown): string {
  const choice = '{ kind: pinned, host: NAME } or { kind: shared, path: FOLDER }';
  return input === undefined ? `is missing: write ${choice}` : `must be ${choice}`;
}

const pluginName = text(
  'the short name of a plugin like configuration-as-code',
  /^[a-z0-9][a-z0-9-]{0,79}$/,
);

const pluginVersion = text(
  'an exact version like "2.0"',
  /^(?!latest$|experimental$)[0-9A-Za-z][0-9A-Za-z._-]{0,79}$/,
);

export const jenkinsSchema = section({
  image: imageReference.default(defaultImages.jenkins.reference).describe('Jenkins controller.'),
  cpus: cpus().default(1).describe('Cores reserved for the controller.'),
  memory: size({ min: '256MiB', max: '4TiB' })
    .prefault('2GiB')
    .describe('Memory limit of the controller.'),
  port: port()
    .optional()
    .describe(
      'Web interface on the Mesos agent; 31080 for the first controller, 31081 for the next.',
    ),
  agentPort: port()
    .optional()
    .describe('Inbound build agents on the Mesos agent; 31500, 31501 … if not given.'),
  gatewayPort: port()
    .optional()
    .describe('Web interface on the gateways; 8081, 8082 … if not given.'),
  gatewayAgentPort: port()
    .optional()
    .describe('Inbound build agents on the gateways; 50000, 50001 … if not given.'),
  url: jenkinsUrl
    .optional()
    .describe('What people type; the gateway port of the first gateway host if not given.'),
  home: home.describe('Where jobs and settings are kept.'),
  admin: section({
    user: userName.default('admin').describe('First administrator.'),
    password: secretReference.describe('Reference to the password, which is never in this file.'),
  }).describe('First login.'),
  plugins: mapOf(pluginName, pluginVersion)
    .default(defaultPlugins)
    .describe('What the image must bring, with exact versions.'),
  casc: localFile
    .optional()
    .describe('Folder with further Configuration-as-Code files (`*.yml`, `*.yaml`).'),
  framework: frameworkSchema.prefault({}).describe('What Mesos knows and gives.'),
  keepBuilds: section({
    count: integer('a number of builds', 1, 100_000).default(50).describe('Builds kept per job.'),
    days: integer('a number of days', 1, 3650).optional().describe('Days that builds are kept.'),
  })
    .prefault({})
    .describe('For jobs that say nothing themselves.'),
  buildAgents: mapOf(buildLabel, buildAgentSchema)
    .default({})
    .describe('Build agents by label. Jobs without a label never get one.'),
  canary: canarySchema.prefault({}).describe('The build of `ci-cluster build`.'),
});
