import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';
import { isKnown, type Known, type Scene } from '../scene.ts';

export const imageSame: Check = {
  name: 'IMAGE_SAME',
  title: 'its images are those of the other hosts',
  why: 'Tags move. Hosts that pulled the same name on different days run different programs, and a failover changes the version.',
  severity: 'fail',
  remedy: 'Pull again on the hosts that differ, or name images by digest.',
  judge: eachKnown((known, scene) => {
    const names = [...known.extra.images.keys()];
    const differing = names.flatMap((image) => difference(image, known, scene));
    if (differing.length === 0) return passed(`${names.length} images`);
    const remedy = `Name it by digest in the cluster file, or on the host: sudo docker pull ${differing[0]?.image ?? ''}`;
    return failing(differing.map(({ told }) => told).join('; '), remedy);
  }),
};

function difference(image: string, known: Known, { seen }: Scene) {
  const peers = seen.filter(isKnown).filter((other) => isComparable(other, known, image));
  const others = peers.filter((other) => !isSame(other, known, image));
  // Told by the smaller part only: it is the one to be changed.
  if (others.length === 0 || others.length * 2 < peers.length) return [];
  const names = others.map(({ host }) => host.name).join(', ');
  return [{ image, told: `${image} is not the one of ${names}` }];
}

function isComparable({ extra, facts }: Known, known: Known, image: string): boolean {
  return extra.images.has(image) && facts.machine.architecture === known.facts.machine.architecture;
}

/** Ids of the two kinds of image stores differ; digests of the registry do not. */
function isSame(one: Known, other: Known, image: string): boolean {
  const [left, right] = [one.extra.images.get(image), other.extra.images.get(image)];
  return left?.id === right?.id || (left?.digests ?? []).some((d) => right?.digests.includes(d));
}
