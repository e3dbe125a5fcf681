import { gatewayHosts } from '../../../cluster/members.ts';
import type { JenkinsController } from '../../../config/cluster-spec.ts';
import { clientOf, readNodes } from '../../../health/build-load.ts';
import type { PauseBuilds } from '../../../plan/agent-step.ts';
import type { Run } from '../../run.ts';
import { connected, type Call } from '../call.ts';
import { awaitBuilds } from './await-builds.ts';
import type { BuildsThere } from './builds-there.ts';
import { pause, resume } from './jenkins-nodes.ts';

const undoName = 'resume-builds';

/** Controllers start nothing new, and what runs ends; queues wait until `resume-builds`. */
export function pauseBuilds(run: Run, { controllers: names, timeoutMs }: PauseBuilds): Call {
  const controllers = named(run, names);
  const call = async (): Promise<boolean> => {
    const paused: JenkinsController[] = [];
    run.undo.set(undoName, {
      told: `let ${names.join(', ')} start builds again`,
      work: async () => {
        for (const controller of paused) await resume(run, controller, true);
      },
      byHand: 'ci-cluster init',
    });
    for (const controller of controllers) {
      if (await pause(run, controller, 'changes the gateways')) paused.push(controller);
    }
    const look = () => running(run, controllers);
    await awaitBuilds({ run, place: 'the controllers', timeoutMs, look });
    return paused.length > 0;
  };
  return { host: connected(run, gatewayHosts(run.spec)).host, call };
}

/** Those that we paused, in this run or in one that died. */
export function resumeBuilds(run: Run, names: readonly string[]): Call {
  const wasOurs = run.undo.has(undoName);
  const call = async (): Promise<boolean> => {
    const all = named(run, names).map((controller) => resume(run, controller, wasOurs));
    const changed = await Promise.all(all);
    run.undo.delete(undoName);
    return changed.some((one) => one);
  };
  return { host: connected(run, gatewayHosts(run.spec)).host, call };
}

function named({ spec }: Run, names: readonly string[]): readonly JenkinsController[] {
  return spec.jenkins.filter(({ name }) => names.includes(name));
}

async function running(
  { sight }: Run,
  controllers: readonly JenkinsController[],
): Promise<BuildsThere> {
  const found = await Promise.all(
    controllers.map(async (controller) => {
      const nodes = await readNodes(clientOf(sight, controller));
      if (typeof nodes === 'string') {
        return { running: [], silent: [`Jenkins ${controller.name} ${nodes}`] };
      }
      const busy = nodes.filter(({ idle }) => !idle);
      const told = busy.map(({ name, builds }) => {
        return `${controller.name}: ${builds.length === 0 ? 'a build' : builds.join(', ')} on ${name}`;
      });
      return { running: told, silent: [] };
    }),
  );
  return {
    running: found.flatMap((one) => one.running),
    silent: found.flatMap((one) => one.silent),
    fresh: 0,
  };
}
