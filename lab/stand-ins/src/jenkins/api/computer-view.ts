import type { Build } from '../builds/build.ts';
import type { Controller } from '../controller.ts';
import type { BuildNode } from '../nodes.ts';
import { buildReference } from './build-view.ts';

type View = Record<string, unknown>;

interface Showing {
  readonly root: string;
  readonly depth: number;
}

export function computersView(controller: Controller, showing: Showing): View {
  const nodes = controller.nodes.list();
  return {
    _class: 'hudson.model.ComputerSet',
    busyExecutors: nodes.reduce((sum, { busy }) => sum + busy, 0),
    computer: [
      builtInView(controller),
      ...nodes.map((node) => nodeView(controller, node, { ...showing, depth: showing.depth - 1 })),
    ],
    displayName: 'Nodes',
    totalExecutors: nodes
      .filter(({ online }) => online)
      .reduce((sum, { executors }) => sum + executors, controller.executors),
  };
}

export function builtInView({ executors }: Controller): View {
  return {
    _class: 'hudson.model.Hudson$MasterComputer',
    actions: [],
    assignedLabels: [{ name: 'built-in' }],
    description: 'the Jenkins controller’s built-in node',
    displayName: 'Built-In Node',
    executors: Array.from({ length: executors }, (_, number) => executorView(number, undefined)),
    ...{ icon: 'symbol-computer', iconClassName: 'symbol-computer', idle: true },
    ...{ jnlpAgent: false, launchSupported: true, manualLaunchAllowed: true },
    loadStatistics: { _class: 'hudson.model.Label$1' },
    monitorData: {},
    numExecutors: executors,
    ...{ offline: false, offlineCause: null, offlineCauseReason: '' },
    oneOffExecutors: [],
    temporarilyOffline: false,
  };
}

/** Executors are spelled out from the depth on at which core does so. */
export function nodeView(controller: Controller, node: BuildNode, showing: Showing): View {
  const { name, executors, online, busy, labels } = node;
  return {
    _class: 'hudson.slaves.SlaveComputer',
    actions: [],
    assignedLabels: [...new Set([...labels, name])].map((label) => ({ name: label })),
    description: node.description ?? '',
    displayName: name,
    executors: Array.from({ length: executors }, (_, number) =>
      showing.depth > 0 ? executorOf(controller, node, { number, root: showing.root }) : {},
    ),
    icon: online ? 'symbol-computer' : 'symbol-computer-offline',
    iconClassName: online ? 'symbol-computer' : 'symbol-computer-offline',
    idle: busy === 0,
    ...{ jnlpAgent: true, launchSupported: false, manualLaunchAllowed: true },
    loadStatistics: { _class: 'hudson.model.Label$1' },
    monitorData: {},
    numExecutors: executors,
    offline: !online,
    offlineCause: causeOf(node),
    offlineCauseReason: node.offlineCauseReason,
    oneOffExecutors: [],
    temporarilyOffline: node.temporarilyOffline,
    absoluteRemotePath: node.agent === undefined ? null : (node.remoteFs ?? node.agent.root),
  };
}

function executorOf(
  { builds }: Controller,
  node: BuildNode,
  { number, root }: { readonly number: number; readonly root: string },
): View {
  const running = builds
    .running()
    .find(({ builtOn, executor }) => builtOn === node.name && executor === number);
  return executorView(number, running === undefined ? undefined : { running, root });
}

function executorView(
  number: number,
  current: { readonly running: Build; readonly root: string } | undefined,
): View {
  return {
    currentExecutable: current === undefined ? null : buildReference(current.root, current.running),
    idle: current === undefined,
    likelyStuck: false,
    number,
    progress: -1,
  };
}

function causeOf({ temporarilyOffline, offlineCauseReason }: BuildNode): View | null {
  if (temporarilyOffline) return { _class: 'hudson.slaves.OfflineCause$UserCause' };
  return offlineCauseReason === ''
    ? null
    : { _class: 'hudson.slaves.OfflineCause$ChannelTermination' };
}
