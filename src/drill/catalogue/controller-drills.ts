import type { ControllerPlace, Scene } from '../scene/scene.ts';
import { atOnce, draft, skip, strike, unaimed, victim } from './draft.ts';
import type { Drafted, Drill } from './drill.ts';
import { canMove, hostLoss } from './host-loss.ts';

type Placed = ControllerPlace & { readonly host: string };

/** The first that runs; of those that may move, if one is wanted that does. */
function atController(
  scene: Scene,
  among: readonly ControllerPlace[],
  then: (place: Placed) => Drafted,
): Drafted {
  if (scene.controllers.length === 0) return skip('the cluster file has no controller');
  const [found] = among.filter((one): one is Placed => one.host !== undefined);
  return found === undefined ? unaimed('no controller is known to run') : then(found);
}

const endsBuilds = 'its controller is killed, and a freestyle build ends with it';

const killThroughMarathon: Drill = {
  ...{ id: 'D21', name: 'jenkins-task-kill', class: 'ask' },
  title: 'Marathon kills the task of a controller',
  draft: (scene) =>
    atController(scene, scene.controllers, ({ host, ...place }) =>
      draft({
        victims: [{ ...victim(scene, host), container: place.container }],
        attack: { kind: 'call', call: { kind: 'kill-task', app: place.app } },
        ...costs({ ...place, host }),
      }),
    ),
};

function costs(place: Placed) {
  return {
    blow: { controllers: [place] },
    expects: { mayLoseTasksOn: [place.host], mayLoseBuild: endsBuilds },
    costsBuilds: true,
  } as const;
}

const killProcess: Drill = {
  ...{ id: 'controller-task-kill', name: 'controller-task-kill', class: 'ask' },
  title: 'the process of a controller dies',
  draft: (scene) =>
    atController(scene, scene.controllers, (place) => {
      const { host, container } = place;
      if (container === undefined) {
        return unaimed(`the Mesos agent on ${host} does not tell the container of ${place.name}`);
      }
      return draft({
        victims: [{ ...victim(scene, host), container }],
        attack: atOnce([strike(host, { kind: 'kill', container })]),
        ...costs(place),
      });
    }),
};

const loseHost: Drill = {
  ...{ id: 'controller-host-loss', name: 'controller-host-loss', class: 'ask' },
  title: 'the host of a controller is silent, and the controller moves',
  draft: (scene) => {
    const movable = scene.controllers.filter(({ name }) => canMove(scene, name));
    if (movable.length === 0 && scene.controllers.length > 0) {
      return skip('every home is pinned: its controller comes back with its host alone');
    }
    return atController(scene, movable, ({ host, name, container }) => {
      const lost = hostLoss(scene, host);
      if (container === undefined) {
        return unaimed(`the Mesos agent on ${host} does not tell the container of ${name}`);
      }
      // A host that only seems lost goes on holding the lock of the home, where that does not go over
      // the network: its successor would rightly not start.
      const dies = strike(host, { kind: 'kill', container });
      const strikes = lost.attack.kind === 'hosts' ? [...lost.attack.strikes, dies] : [dies];
      return {
        ...lost,
        victims: [victim(scene, host)],
        attack: { kind: 'hosts', strikes, holdMs: 0, until: 'recovered' },
        expects: { ...lost.expects, mayLoseBuild: endsBuilds },
        notes: [`${name} is killed there, too: so it would be with its host.`, ...lost.notes],
      };
    });
  },
};

export const jenkinsDrills: readonly Drill[] = [killThroughMarathon];

export const controllerDrills: readonly Drill[] = [killProcess, loseHost];
