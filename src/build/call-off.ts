import { queueItem, readAs } from './jenkins-answers.ts';
import { failed } from '../health/sight.ts';
import type { Watch } from './watch.ts';

/**
 * Takes back what was asked for: the queue item, or the build if it runs already. Returns what was
 * done, in words; never throws.
 */
export async function callOff(watch: Watch): Promise<string> {
  const { client, record, state } = watch;
  const { queueId } = state;
  if (queueId === undefined || record.result !== undefined) return '';
  record.number ??= await numberOf(watch, queueId);
  if (record.number === undefined) {
    const answer = await client.post(`/queue/cancelItem?id=${queueId}`);
    // It may have left the queue in this very moment.
    record.number = await numberOf(watch, queueId);
    if (record.number === undefined) {
      const isGone = !failed(answer) && answer.status < 400;
      return isGone
        ? `queue item ${queueId} was cancelled`
        : `queue item ${queueId} could not be cancelled`;
    }
  }
  const stopped = await client.post(`/job/${record.job}/${record.number}/stop`);
  // Jenkins answers with a redirect to the build's page.
  const isStopped = !failed(stopped) && stopped.status < 400;
  return `build ${record.number} of ${record.job} ${isStopped ? 'was stopped' : 'could not be stopped'}`;
}

async function numberOf({ client }: Watch, id: number): Promise<number | undefined> {
  const answer = await client.get(`/queue/item/${id}/api/json?tree=executable[number]`);
  return readAs(queueItem, answer)?.executable?.number;
}
