import { skip } from './draft.ts';
import type { Drill } from './drill.ts';
import { whyNot } from './why-not.ts';

/** Rounds of drills that belong to ordinary days, each another one; planned round by round. */
export function soakOf(all: readonly Drill[]): Drill {
  const safe = all.filter((drill) => drill.class === 'safe');
  return {
    ...{ id: 'D30', name: 'soak', class: 'lab', rounds: 50 },
    title: 'fifty safe drills, one after the other, at random',
    draft: (scene, options) => {
      const fit = safe.filter((drill) => {
        const drafted = drill.draft(scene, options);
        return drafted.kind === 'draft' && whyNot(scene, drafted) === '';
      });
      const drill = fit[Math.floor((options.random ?? 0) * fit.length)];
      return drill === undefined ? skip('no safe drill can be run') : { kind: 'instead', drill };
    },
  };
}
