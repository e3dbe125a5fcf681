import { checkNumbers, type CheckName } from '../config/check-names.ts';
import type { Check } from './check.ts';
import { diskForecast } from './disks/forecast.ts';
import { diskSpace } from './disks/space.ts';
import { stateVolatile } from './disks/volatile.ts';
import { agentDockerClient } from './docker/agent-client.ts';
import { cgroupVersion } from './docker/cgroup.ts';
import { dockerLimits } from './docker/limits.ts';
import { dockerLiveRestore } from './docker/live-restore.ts';
import { dockerMode } from './docker/mode.ts';
import { dockerRuns } from './docker/runs.ts';
import { dockerStorage } from './docker/storage.ts';
import { dockerVersion } from './docker/version.ts';
import { drillResidue } from './hosts/drill-residue.ts';
import { hostArchitecture } from './hosts/architecture.ts';
import { sshForwarding } from './hosts/forwarding.ts';
import { hostKernel } from './hosts/kernel.ts';
import { hostMemory } from './hosts/memory.ts';
import { hostOutlier } from './hosts/outlier.ts';
import { initPreflight } from './hosts/preflight.ts';
import { hostFacts, hostReached, hostSudo } from './hosts/reached.ts';
import { hostSelinux } from './hosts/selinux.ts';
import { hostSystem } from './hosts/system.ts';
import { hostTools } from './hosts/tools.ts';
import { duplicateHostKey, duplicateHostname, duplicateMachineId } from './identity/duplicates.ts';
import { imageArchitecture } from './images/architecture.ts';
import { imageAvailable } from './images/available.ts';
import { imageEnvironment } from './images/environment.ts';
import { jenkinsHomeLock, jenkinsHomeOwner } from './images/homes.ts';
import { imageSame } from './images/same.ts';
import { clockOffset } from './names/clock-offset.ts';
import { clockService } from './names/clock-service.ts';
import { jenkinsUrlName } from './names/jenkins-url.ts';
import { nameOwn } from './names/own.ts';
import { namesResolve } from './names/resolve.ts';
import { hostAddress } from './network/address.ts';
import { ephemeralPorts } from './network/ephemeral.ts';
import { portMatrix } from './network/matrix.ts';
import { controlPortsOutside } from './network/outside.ts';
import { portsFree } from './network/ports-free.ts';
import { agentResources } from './plan/agent-resources.ts';
import { ensembleSize } from './plan/ensemble.ts';
import { portCollision } from './plan/port-collision.ts';
import { quorumNow } from './plan/quorum-now.ts';
import { versionSet } from './plan/version-set.ts';

/** By the hundreds of their numbers. */
const groups = [
  ...['hosts', 'Docker', 'network', 'names and time', 'disks', 'identity', 'images and Jenkins'],
  'plan',
];

export function groupOf(name: CheckName): string {
  return groups[Math.floor(checkNumbers[name] / 100) - 1] ?? '';
}

/** Every check, in the order of their numbers. */
export const catalogue: readonly Check[] = [
  ...[hostReached, hostSudo, hostFacts, sshForwarding, hostSystem, hostArchitecture, hostKernel],
  ...[hostTools, hostSelinux, hostOutlier, hostMemory, initPreflight, drillResidue],
  ...[dockerRuns, dockerVersion, dockerStorage, dockerLiveRestore, dockerMode, dockerLimits],
  ...[cgroupVersion, agentDockerClient],
  ...[hostAddress, portsFree, portMatrix, ephemeralPorts, controlPortsOutside],
  ...[nameOwn, namesResolve, jenkinsUrlName, clockService, clockOffset],
  ...[diskSpace, diskForecast, stateVolatile],
  ...[duplicateMachineId, duplicateHostKey, duplicateHostname],
  ...[imageAvailable, imageSame, imageArchitecture, imageEnvironment],
  ...[jenkinsHomeLock, jenkinsHomeOwner],
  ...[ensembleSize, quorumNow, versionSet, portCollision, agentResources],
];
