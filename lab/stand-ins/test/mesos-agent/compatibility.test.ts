import { describe, expect, test } from 'vitest';
import type { AgentInfo } from '../../src/shared/mesos.ts';
import { parseAttributes, parseResources } from '../../src/shared/resources.ts';
import { incompatibility } from '../../src/mesos-agent/compatibility.ts';

function info(changes: Partial<AgentInfo> = {}): AgentInfo {
  return {
    hostname: 'agent3.local',
    port: 5163,
    resources: parseResources('cpus:2;mem:1024;ports:[31000-32000]'),
    attributes: parseAttributes('rack:r3'),
    ...changes,
  };
}

const moreCpus = { resources: parseResources('cpus:4;mem:1024;ports:[31000-32000]') };
const newAttribute = { attributes: parseAttributes('rack:r3;zone:z') };

describe('with the equal policy', () => {
  test('the same agent goes on, its id does not matter', () => {
    const old = info({ id: { value: 'S1' }, checkpoint: true });
    expect(incompatibility(old, info(), 'equal')).toBeUndefined();
  });

  test.each([{ hostname: 'other' }, { port: 1 }, moreCpus, newAttribute])(
    '%j is refused',
    (changes) => {
      const fault = incompatibility(info(), info(changes), 'equal');
      expect(fault).toMatch(
        /^Incompatible agent info detected\. \n\n-{60}\nOld agent info:\nhostname: "agent3.local"/,
      );
    },
  );

  test('both infos are shown in the text form of protobuf', () => {
    const fault = incompatibility(info(), info({ hostname: 'x' }), 'equal');
    expect(fault).toContain(
      'resources {\n  name: "cpus"\n  type: SCALAR\n  scalar {\n    value: 2\n  }\n}',
    );
    expect(fault).toContain('New agent info:\nhostname: "x"');
  });
});

describe('with the additive policy', () => {
  test.each([moreCpus, newAttribute])('%j is let through', (changes) => {
    expect(incompatibility(info(), info(changes), 'additive')).toBeUndefined();
  });

  test('more ports are let through, fewer are not', () => {
    const wide = { resources: parseResources('cpus:2;mem:1024;ports:[30000-33000]') };
    expect(incompatibility(info(), info(wide), 'additive')).toBeUndefined();
    expect(incompatibility(info(wide), info(), 'additive')).toContain("'ports' changed");
  });

  test.each([
    [
      { hostname: 'renamed3.local' },
      'Configuration change not permitted under `additive` policy: Hostname changed from agent3.local to renamed3.local',
    ],
    [
      { resources: parseResources('cpus:1;mem:1024;ports:[31000-32000]') },
      "Configuration change not permitted under 'additive' policy: Value of scalar resource 'cpus' decreased from 2 to 1",
    ],
    [
      { attributes: [] },
      "Configuration change not permitted under 'additive' policy: Couldn't find previous attribute 'rack'",
    ],
  ])('%j is refused', (changes, message) => {
    expect(incompatibility(info(), info(changes), 'additive')).toBe(message);
  });
});
