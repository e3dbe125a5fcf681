import * as grammar from './grammar.ts';
import * as files from './grammar-files.ts';
import { duration, size } from './quantities.ts';
import { mapOf, oneOf, section } from './sections.ts';

export const buildAgentSchema = section({
  via: oneOf('a way', ['mesos', 'marathon'])
    .default('mesos')
    .describe(
      '`mesos`: launched on demand by the Mesos plugin. `marathon`: `count` of them kept running.',
    ),
  image: files.imageReference.describe(
    'With Java, what the builds need, and a shell as entry point.',
  ),
  cpus: grammar.cpus().default(1).describe('Cores; a hard limit.'),
  memory: size({ min: '128MiB', max: '4TiB' })
    .prefault('1GiB')
    .describe('Memory limit of the container: the Java program of the build agent takes 64 MiB.'),
  disk: size({ min: '1MiB', max: '4096TiB' })
    .optional()
    .describe('Disk reserved for the workspace; more is reported, not prevented.'),
  attributes: mapOf(grammar.attributeName, grammar.attributeValue)
    .default({})
    .describe('Mesos attributes that a host must have.'),
  idle: duration({ min: '1m', max: '24h' })
    .prefault('6m')
    .describe(
      'An idle build agent is removed after this time, counted from its launch on; whole minutes. Only `via: mesos`.',
    ),
  count: grammar
    .integer('a number of build agents', 1, 200)
    .optional()
    .describe('How many are kept running; 1 if not given. Only `via: marathon`.'),
  network: oneOf('a network', ['bridge', 'host'])
    .default('bridge')
    .describe('`host` lets builds reach the control ports of the cluster.'),
  dockerSocket: grammar
    .flag()
    .default(false)
    .describe("The host's Docker in the build: whoever builds is root on the host then."),
});

/** Short enough for the name of a Mesos task and of a Jenkins node. */
export const buildLabel = grammar.text(
  'a label: a letter, then letters, digits, ".", "_" and "-", at most 40',
  /^[A-Za-z][A-Za-z0-9._-]{0,39}$/,
);

export const frameworkSchema = section({
  id: grammar
    .text('letters, digits, ".", "_" and "-", at most 100', /^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/)
    .optional()
    .describe('Fixed id in Mesos; `<cluster>-jenkins-<controller>` if not given.'),
  role: grammar
    .text(
      'a role: letters, digits, ".", "_" and "-", at most 60',
      /^(?!\.{1,2}$)[A-Za-z0-9_][A-Za-z0-9._-]{0,59}$/,
    )
    .optional()
    .describe('Role in Mesos, by which shares are counted; `jenkins-<controller>` if not given.'),
  weight: grammar
    .integer('a weight', 1, 1000)
    .default(1)
    .describe('Share of the pool in proportion to other controllers, when it is short.'),
  limit: section({
    cpus: grammar.cpus().optional().describe('Most cores that its builds hold at once.'),
    memory: size({ min: '128MiB', max: '64TiB' })
      .optional()
      .describe('Most memory that its builds hold at once.'),
  })
    .prefault({})
    .describe('Quota of the role.'),
});

export const canarySchema = section({
  label: buildLabel.optional().describe('Label of the build; the first one if not given.'),
  repository: files.gitUrl.optional().describe('Cloned first, if given.'),
  run: grammar
    .text('shell commands, at most 4000 characters', /^(?!\s*$)[^\0\r]{1,4000}$/)
    .default('uname -a')
    .describe('Shell commands, in the clone.'),
  artifacts: grammar
    .text('file patterns like out/**', /^[A-Za-z0-9_.*][A-Za-z0-9_.*/, -]{0,199}$/)
    .optional()
    .describe('What is archived.'),
});
