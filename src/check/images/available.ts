import { imagesOf } from '../../plan/prepare-host.ts';
import { eachKnown, type Check, type Judged } from '../check.ts';
import { failing, passed, skipped, warning } from '../check-result.ts';
import type { Known, Scene } from '../scene.ts';

export const imageAvailable: Check = {
  name: 'IMAGE_AVAILABLE',
  title: 'its images are there, or can be pulled',
  why: 'An image that nobody has stops `init` half way, or a build with an error that only the Mesos agent sees.',
  severity: 'fail',
  remedy: 'Correct the name, log in to the registry, or load the image (`docker load`).',
  judge: eachKnown(judged),
};

function judged(known: Known, { input }: Scene): Omit<Judged, 'host'> {
  const { facts, extra, host } = known;
  const wanted = imagesOf(input, host);
  if (facts.docker.kind !== 'running') {
    return skipped('no Docker Engine runs there to ask', 'Run the check again after init.');
  }
  const missing = wanted.filter((image) => !extra.images.has(image));
  const gone = missing.filter((image) => extra.pulls.get(image)?.kind === 'no');
  if (gone.length > 0) {
    const remedy = 'Correct images: in the cluster file, or push the image to the registry.';
    return failing(`no registry has ${gone.join(', ')}`, remedy);
  }
  const untold = missing.filter((image) => extra.pulls.get(image)?.kind !== 'yes');
  if (untold.length > 0) {
    const [first = ''] = untold;
    const why = extra.pulls.get(first)?.why ?? 'nobody asked';
    const remedy = `sudo docker pull ${first} tells; a mirror of the engine is not asked by the check.`;
    return warning(`could not ask for ${untold.join(', ')}: ${lastPart(why)}`, remedy);
  }
  return passed(`${wanted.length - missing.length} there, ${missing.length} can be pulled`);
}

/** Docker's messages begin with what one knows. */
function lastPart(message: string): string {
  return message.length > 160 ? `…${message.slice(-159)}` : message;
}
