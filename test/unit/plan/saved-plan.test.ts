import fc from 'fast-check';
import { expect, test } from 'vitest';
import { clusterFile, controller } from '../../support/cluster-file.ts';
import { fakeWorld, writeClusterFile } from '../../support/fake-world.ts';
import { plannedLines, setUp } from '../../support/plan-world.ts';
import { runCli } from '../../support/run-cli.ts';

const timeout = 60_000;

const sections = fc.record(
  {
    zookeeper: fc.record({ syncLimit: fc.integer({ min: 3, max: 9 }) }),
    // Not its port: at a new one nobody tells which apps are to be removed.
    marathon: fc.record({ heap: fc.constantFrom('512MiB', '1GiB') }),
    docker: fc.record({ insecureRegistries: fc.subarray(['r.example:5000']) }),
    images: fc.record({ haproxy: fc.constantFrom('haproxy:3.2', 'haproxy:3.3') }),
  },
  { requiredKeys: [] },
);

const image = 'r.example:5000/build-agent:1';
const jenkins = fc.constantFrom<Record<string, unknown>>(
  {},
  { memory: '3GiB' },
  { buildAgents: { linux: { image } }, framework: { weight: 2 } },
  { buildAgents: { small: { image, via: 'marathon', count: 2 } } },
);

test(
  'bug 24: whatever the cluster file says, a plan that was applied leaves an empty plan',
  { timeout },
  async () => {
    await fc.assert(
      fc.asyncProperty(sections, jenkins, sections, jenkins, async (before, one, after, other) => {
        const parts = (settings: object, more: Record<string, unknown>) =>
          clusterFile({ jenkins: { main: controller(more) }, sections: { ...settings } });
        const world = fakeWorld(parts(before, one));
        await setUp(world);
        writeClusterFile(world, parts(after, other));
        const { exitCode } = await runCli('plan --out a.plan', world);
        expect(exitCode).toBe((await plannedLines(world)).length === 0 ? 0 : 3);
        const applied = await runCli('apply a.plan --yes --no-build', world);
        expect(`${applied.exitCode} ${applied.stderr.slice(-500)}`).toMatch(/^0 /);
        expect(await runCli('plan', world)).toMatchObject({
          exitCode: 0,
          stdout: '✔ nothing to change',
        });
      }),
      { numRuns: 6 },
    );
  },
);
