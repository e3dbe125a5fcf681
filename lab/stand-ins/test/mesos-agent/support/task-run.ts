import type { FrameworkInfo, TaskInfo } from '../../../src/shared/mesos.ts';
import { parseResources } from '../../../src/shared/resources.ts';
import type { TaskRun } from '../../../src/mesos-agent/task-run.ts';

export const containerId = '4775e6ec-26bb-4c45-aca2-9569184be564';

export function dockerTask(changes: Partial<TaskInfo> = {}): TaskInfo {
  return {
    name: 'd1',
    task_id: { value: 'd1' },
    agent_id: { value: 'S4' },
    resources: parseResources('cpus:0.5;mem:64').map((one) => ({
      ...one,
      allocation_info: { role: '*' },
    })),
    command: { shell: true, value: 'sleep 300' },
    container: { type: 'DOCKER', docker: { image: 'img:1', network: 'HOST' } },
    ...changes,
  };
}

export function taskRun(
  task: TaskInfo = dockerTask(),
  framework: Partial<FrameworkInfo> = {},
): TaskRun {
  return {
    framework: { user: 'root', name: 'fw', id: { value: 'F8' }, checkpoint: true, ...framework },
    task,
    containerId,
    sandbox: '/w/slaves/S4/frameworks/F8/executors/d1/runs/r',
    state: 'TASK_STAGING',
    statuses: [],
    pending: [],
    killed: false,
  };
}
