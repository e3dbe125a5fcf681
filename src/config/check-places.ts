import { type Check, type Checked, roleSources } from './check.ts';
import { unknownHost } from './check-roles.ts';
import type { Fault } from './fault.ts';
import { isInside } from './grammar-files.ts';
import { mayRunOn } from './listeners.ts';
import type { ParsedController } from './parsed-cluster.ts';

/** Folders and znodes that would get into each other's way. */
export const checkPlaces: Check = (checked) => [
  ...folderFaults(checked),
  ...znodeFaults(checked),
  ...checked.spec.jenkins.flatMap((controller) => homeFaults(checked, controller)),
];

function folderFaults({ spec: { folders } }: Checked): Fault[] {
  if (!isInside(folders.data, folders.config)) return [];
  const path = ['folders', 'data'];
  const message = `must not be inside folders.config (${folders.config}), which is rendered anew`;
  return [{ path, message, needs: [path, ['folders', 'config']] }];
}

function znodeFaults({ spec: { mesos, marathon } }: Checked): Fault[] {
  const [one, other] = [marathon.zookeeperPath, mesos.zookeeperPath];
  if (!isInside(one, other) && !isInside(other, one)) return [];
  const path = ['marathon', 'zookeeperPath'];
  const message = `must be apart from mesos.zookeeperPath (${other})`;
  return [{ path, message, needs: [path, ['mesos', 'zookeeperPath']] }];
}

function homeFaults(checked: Checked, controller: ParsedController): Fault[] {
  return [
    ...pinnedHostFaults(checked, controller),
    ...homeInConfig(checked, controller),
    ...homesOfOthers(checked, controller),
  ];
}

function pinnedHostFaults({ spec }: Checked, { name, home }: ParsedController): Fault[] {
  if (home.kind !== 'pinned') return [];
  const path = ['jenkins', name, 'home', 'host'];
  const host = spec.hosts.find((one) => one.name === home.host);
  if (host === undefined)
    return [
      unknownHost(
        path,
        home.host,
        spec.hosts.map((one) => one.name),
      ),
    ];
  if (host.roles.includes('mesos-agent')) return [];
  const message = `${host.name} does not have the role mesos-agent, so Jenkins cannot run there`;
  return [{ path, message, needs: [path, ...roleSources] }];
}

function homeInConfig({ spec: { folders } }: Checked, { name, home }: ParsedController): Fault[] {
  if (!isInside(home.path, folders.config)) return [];
  const path = ['jenkins', name, 'home', 'path'];
  const message = `must not be inside folders.config (${folders.config}), which is rendered anew`;
  return [{ path, message, needs: [path, ['folders', 'config']] }];
}

/** Two controllers on one home destroy each other's jobs. */
function homesOfOthers({ spec }: Checked, controller: ParsedController): Fault[] {
  const earlier = spec.jenkins.slice(0, spec.jenkins.indexOf(controller));
  const other = earlier.find(
    (one) =>
      (isInside(one.home.path, controller.home.path) ||
        isInside(controller.home.path, one.home.path)) &&
      spec.hosts.some((host) => mayRunOn(one, host) && mayRunOn(controller, host)),
  );
  if (other === undefined) return [];
  const path = ['jenkins', controller.name, 'home', 'path'];
  const message = `${controller.home.path} overlaps the home of ${other.name} (${other.home.path})`;
  return [{ path, message, needs: [path, ['jenkins', other.name, 'home'], ['folders', 'data']] }];
}
