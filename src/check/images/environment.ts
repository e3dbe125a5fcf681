import { servicesOf } from '../../plan/prepare-host.ts';
import { renderInput } from '../../plan/service-work.ts';
import type { Container } from '../../services/service.ts';
import { eachKnown, type Check, type Judged } from '../check.ts';
import type { ImageConfig } from '../check-facts.ts';
import { failing, passed, skipped } from '../check-result.ts';
import type { Known, Scene } from '../scene.ts';

export const imageEnvironment: Check = {
  name: 'IMAGE_ENVIRONMENT',
  title: 'no flag of Mesos or Marathon is given twice',
  why: 'Mesos and Marathon read variables as flags, also those that the image brings along. Mesos ends where a flag comes under both of its names (agent and slave), and lets an argument of the entry point beat ours; Marathon ends at a flag given twice and at any variable that it does not know.',
  severity: 'fail',
  remedy: 'An image without these variables (`ENV`) and arguments (`ENTRYPOINT`).',
  judge: eachKnown(judged),
};

function judged(known: Known, scene: Scene): Omit<Judged, 'host'> {
  const containers = servicesOf(scene.spec, known.host)
    .map((service) => service.container(renderInput(scene.input, known.host)))
    .filter(({ env }) => prefixOf(env) !== undefined);
  const asked = containers.flatMap((container) => {
    const config = known.extra.configs.get(container.image);
    return config === undefined ? [] : [{ container, config }];
  });
  const faults = asked.flatMap(({ container, config }) => doubled(container, config));
  if (faults.length > 0) {
    return failing(
      faults.join('; '),
      'Build the image without them: ENV and ENTRYPOINT of its Dockerfile.',
    );
  }
  if (containers.length > 0 && asked.length < containers.length) {
    return skipped('not all images are there to be asked', 'Run the check again after init.');
  }
  return passed(`${asked.length} images`);
}

const prefixes = ['MESOS_', 'MARATHON_'];

function prefixOf(env: Container['env']): string | undefined {
  return prefixes.find((prefix) => Object.keys(env).some((name) => name.startsWith(prefix)));
}

function doubled({ env, image }: Container, config: ImageConfig): string[] {
  const prefix = prefixOf(env) ?? '';
  const brought = config.env
    .map((line) => line.split('=')[0] ?? '')
    .filter((name) => name.startsWith(prefix));
  const own = Object.keys(env).filter((name) => name.startsWith(prefix));
  const clashes = prefix === 'MESOS_' ? aliases(own, brought) : unknownTo(own, brought);
  return [...clashes, ...argumentsOf(own, prefix, config)].map((what) => `${image} ${what}`);
}

/** Flags of Mesos have two names: giving both ends with "is already loaded via name" (1.11). */
function aliases(own: readonly string[], brought: readonly string[]): string[] {
  const flag = (name: string) => name.replace(/SLAVE/g, 'AGENT');
  const all = [...own, ...brought.filter((name) => !own.includes(name))];
  return all.flatMap((name, index) => {
    const other = all.slice(0, index).find((earlier) => flag(earlier) === flag(name));
    return other === undefined ? [] : [`sets ${name}, which is ${other} again`];
  });
}

/** Those of tasks are left alone; anything else is a flag (Marathon 1.5 and later, exit code 112). */
function unknownTo(own: readonly string[], brought: readonly string[]): string[] {
  return brought
    .filter((name) => !own.includes(name) && !name.startsWith('MARATHON_APP_'))
    .map((name) => `sets ${name}, which Marathon takes for a flag`);
}

function argumentsOf(
  own: readonly string[],
  prefix: string,
  { entrypoint }: ImageConfig,
): string[] {
  return entrypoint
    .flatMap((word) => /^--(?:no-)?([a-z0-9_]+)/.exec(word)?.[1] ?? [])
    .filter((flag) => own.includes(prefix + flag.toUpperCase()))
    .map((flag) => `has --${flag} in its entry point, where ours is a variable`);
}
