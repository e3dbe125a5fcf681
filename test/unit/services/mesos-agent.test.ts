import { expect, test } from 'vitest';
import { specOf } from '../../support/cluster-file.ts';
import { ofService, rendered } from '../../support/rendered.ts';

const spec = await specOf();

/** Environment of an agent on a host with cgroup v1 and on one with v2. */
const agents = [false, true].map((cgroupV2) => {
  const [agent] = ofService(rendered(spec, cgroupV2), 'mesos-agent');
  return agent!.container.env;
});

test('a build gets no more CPU than it declared, under cgroup v1 and v2', () => {
  for (const env of agents) expect(env.MESOS_CGROUPS_ENABLE_CFS).toBe('true');
});

test('an agent does not count swap, where a kernel without swap accounting would keep it from starting', () => {
  for (const env of agents) expect(env).not.toHaveProperty('MESOS_CGROUPS_LIMIT_SWAP');
});

test('what builds leave behind goes before it fills the disk', () => {
  for (const env of agents) {
    expect(env).toMatchObject({ MESOS_DOCKER_REMOVE_DELAY: '1hrs', MESOS_GC_DELAY: '3days' });
    expect(Number(env.MESOS_GC_DISK_HEADROOM)).toBeGreaterThan(0.1);
    expect(Number(env.MESOS_GC_DISK_HEADROOM)).toBeLessThan(1);
  }
});

test('an offer that nobody uses is taken back', () => {
  for (const { container } of ofService(rendered(spec), 'mesos-master')) {
    expect(container.env.MESOS_OFFER_TIMEOUT).toBe('1mins');
  }
});
