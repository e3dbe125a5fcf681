import { untried } from '../catalogue/why-not.ts';
import { gate, victimHosts, type DrillGate } from './question.ts';

/** What is needed to take the fault back whatever happens to this machine. */

export const labOnly: DrillGate = ({ scene, class: of }) => {
  if (of !== 'lab') return undefined;
  const { environment } = scene.spec;
  return gate('the cluster is a lab', environment === 'lab', `environment: ${environment}`);
};

export const possible: DrillGate = ({ scene, draft }) => {
  if (draft.attack.kind === 'call') return undefined;
  const reason = untried(scene, draft);
  const name = 'the fault can be caused';
  return reason === '' ? gate(name, true, 'tried apart') : gate(name, undefined, reason);
};

/** The hosts heal themselves when nobody tells them any more that somebody looks after them. */
export const healsItself: DrillGate = (question) => {
  const { scene, draft } = question;
  if (draft.attack.kind === 'call') return undefined;
  const name = "a dead-man's switch can be armed";
  const hosts = victimHosts(question);
  const timers = hosts.map((host) => {
    const abilities = scene.hosts.get(host)?.abilities;
    return { host, timers: typeof abilities === 'object' ? abilities.timers : undefined };
  });
  const blind = timers.find((one) => one.timers === undefined);
  const without = timers.find((one) => one.timers?.length === 0);
  if (without !== undefined) {
    return gate(name, false, `${without.host} has neither systemd-run nor setsid`);
  }
  if (blind !== undefined) return gate(name, undefined, `${blind.host} did not tell`);
  return gate(name, true, [...new Set(timers.map((one) => one.timers?.[0] ?? ''))].join(', '));
};

/** A silent host that is the bastion of others would cut the operator off from them, too. */
export const wayIn: DrillGate = (question) => {
  const { scene } = question;
  const isSilent = question.draft.attack.kind === 'hosts' && question.draft.blow.way === 'silent';
  if (!isSilent) return undefined;
  const addresses = scene.spec.hosts
    .filter(({ name }) => victimHosts(question).includes(name))
    .flatMap(({ address, ssh }) => [address, ssh.address]);
  const behind = scene.spec.hosts.filter(({ ssh }) =>
    addresses.includes(ssh.bastion?.address ?? ''),
  );
  const name = 'the other hosts are reached past it';
  if (behind.length === 0) return gate(name, true, 'yes');
  return gate(name, false, `${behind.map((host) => host.name).join(', ')} are reached through it`);
};
