import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { TaskInfo } from '../../src/shared/mesos.ts';
import { parseResources } from '../../src/shared/resources.ts';
import { fakeDocker } from '../mesos-agent/support/fake-docker.ts';
import { dockerTask } from '../mesos-agent/support/task-run.ts';
import { HttpScheduler } from '../mesos-master/support/http-scheduler.ts';
import { startPair, type Pair } from '../mesos-master/support/pair.ts';
import { replayAll, situation } from './support/situation.ts';

/** Master and agent together over loopback; Docker is a fake. The one situation in which the agent is not scripted. */
export function agentSituation(): void {
  describe('an agent', () => {
    const answers = situation('10-agent');
    const docker = fakeDocker();
    const schedulers: HttpScheduler[] = [];
    let pair: Pair;
    let workDir: string;

    beforeAll(async () => {
      workDir = mkdtempSync(join(tmpdir(), 'stand-in-pair-'));
      pair = await startPair({ workDir, docker });
      const capabilities = [
        ...['RESERVATION_REFINEMENT', 'TASK_KILLING_STATE', 'REVOCABLE_RESOURCES'],
        'PARTITION_AWARE',
      ].map((type) => ({ type }));
      const info = { name: 'mesos-execute instance', role: '*', failover_timeout: 0, capabilities };
      for (const name of ['hello', 'longrun', 'longzk']) {
        const scheduler = await HttpScheduler.subscribe(pair.master, {
          ...info,
          checkpoint: false,
        });
        await scheduler.launch(task(name));
        await scheduler.status(name, 'TASK_RUNNING');
        if (name === 'hello') await finish(scheduler, docker);
        else schedulers.push(await content(scheduler));
      }
    });

    afterAll(async () => {
      for (const scheduler of schedulers) scheduler.close();
      await pair.stop();
      rmSync(workDir, { recursive: true });
    });

    test('with two tasks that run and one that ended', async () => {
      expect(await replayAll(pair.agent, answers)).toEqual([]);
    });
  });
}

function task(name: string): TaskInfo {
  return dockerTask({
    name,
    task_id: { value: name },
    command: { shell: true, value: name === 'hello' ? 'echo hi; sleep 1' : 'sleep 3000' },
    resources: parseResources(name === 'hello' ? 'cpus:0.1;mem:32' : 'cpus:0.5;mem:64'),
  });
}

/** Wants nothing more, and gives back what it was offered. */
async function content(scheduler: HttpScheduler): Promise<HttpScheduler> {
  await scheduler.call('SUPPRESS', {});
  const offers = scheduler.events.flatMap((event) => event.offers?.offers ?? []);
  await scheduler.call('DECLINE', { decline: { offer_ids: offers.map(({ id }) => id) } });
  return scheduler;
}

async function finish(scheduler: HttpScheduler, docker: ReturnType<typeof fakeDocker>) {
  docker.exit([...docker.containers.keys()][0] ?? '', 0);
  await scheduler.status('hello', 'TASK_FINISHED');
  await scheduler.call('TEARDOWN', {});
}
