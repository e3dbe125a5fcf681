import { setImage } from '../../config/edit-cluster-file.ts';
import { ClusterError } from '../../errors.ts';
import { ask, failed } from '../../health/sight.ts';
import type { SetImage } from '../../plan/rollout-step.ts';
import type { Run } from '../run.ts';
import { callDeadlineMs, complaint, leadingMarathon, type Call } from './call.ts';

/** The file as it is now, which may have been edited since it was read. */
export function writeImage({ ports }: Run, { file, path, image }: SetImage): Call {
  const call = async (): Promise<boolean> => {
    const text = await ports.files.read(file);
    const edited = setImage(text, path, image);
    if (edited === text) return false;
    await ports.files.write(file, edited);
    return true;
  };
  return { host: { name: file }, call };
}

export async function restartApp(run: Run, id: string): Promise<Call> {
  const { host, remote } = await leadingMarathon(run, `to restart ${id} in`);
  const call = async (): Promise<boolean> => {
    const answer = await ask(remote, host, {
      ...{ method: 'POST', path: `/v2/apps${id}/restart?force=true`, body: '' },
      ...{ port: run.spec.marathon.port, deadlineMs: callDeadlineMs },
      headers: { 'content-type': 'application/json' },
    });
    if (!failed(answer) && answer.status < 300) return true;
    throw new ClusterError(
      'APP_REFUSED',
      `Marathon on ${host.name} did not restart the app ${id}`,
      {
        host: host.name,
        evidence: [failed(answer) ? answer.detail : complaint(answer)],
        remedy: 'ci-cluster status shows the whole stack; then run the same command again.',
      },
    );
  };
  return { host, call };
}
