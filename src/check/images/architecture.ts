import { eachKnown, type Check } from '../check.ts';
import { failing, passed } from '../check-result.ts';

const names: Readonly<Record<string, string>> = { x86_64: 'amd64', aarch64: 'arm64' };

export const imageArchitecture: Check = {
  name: 'IMAGE_ARCHITECTURE',
  title: 'its images are made for its processor',
  why: 'An image for another processor starts with “exec format error”, or not at all.',
  severity: 'fail',
  remedy: 'An image for the processor of the host.',
  judge: eachKnown(({ facts, extra }) => {
    const own = names[facts.machine.architecture] ?? facts.machine.architecture;
    const strange = [...extra.images].filter(
      ([, { architecture }]) => architecture !== '' && architecture !== own,
    );
    if (strange.length === 0) return passed(own);
    const told = strange.map(([image, { architecture }]) => `${image} is for ${architecture}`);
    return failing(`${told.join('; ')}, the host is ${own}`, 'Name images for this processor.');
  }),
};
