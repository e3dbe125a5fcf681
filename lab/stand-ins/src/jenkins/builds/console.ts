import type { BuildNode } from '../nodes.ts';
import type { Archive } from '../job-config.ts';

/** The console lines of core 2.5xx, without their invisible annotations. */
export const console = {
  started: (user: string) => `Started by user ${user}\nRunning as SYSTEM\n`,
  where: ({ name, labels }: BuildNode, workspace: string) =>
    `Building remotely on ${name}${labels.length > 0 ? ` (${labels.join(' ')})` : ''} in workspace ${workspace}\n`,
  unsupported: (classes: readonly string[]) =>
    `ERROR: this stand-in for Jenkins runs shell steps and archives files, but not ${classes.join(', ')}\n`,
  shell: (workspace: string, script: string, text: string) =>
    `[${workspace.split('/').at(-1) ?? ''}] $ ${interpreter(text)} ${script}\n`,
  shellFailed: "Build step 'Execute shell' marked build as failure\n",
  aborted: (user: string) => `Build was aborted\nAborted by ${user}\n`,
  archiving: 'Archiving artifacts\n',
  archivingSkipped: 'Skipping archiving because build is not successful\n',
  nothingToArchive: ({ artifacts, allowEmpty }: Archive) =>
    `${allowEmpty ? '' : 'ERROR: Step ‘Archive the artifacts’ failed: '}No artifacts found that match the file pattern "${artifacts}". Configuration error?\n`,
  archivingFailed: (reason: string) => `ERROR: Step ‘Archive the artifacts’ failed: ${reason}\n`,
  channelClosed: (message: string, script: string) =>
    [
      'FATAL: command execution failed',
      'java.io.EOFException',
      '\tat java.base/java.io.ObjectInputStream$PeekInputStream.readFully(Unknown Source)',
      'Caused: java.io.IOException: Unexpected termination of the channel',
      `Caused: hudson.remoting.ChannelClosedException: ${message}`,
      '\tat hudson.remoting.Channel.call(Channel.java:1101)',
      `FATAL: Unable to delete script file ${script}`,
      '',
    ].join('\n'),
  commandFailed: (reason: string) =>
    `FATAL: command execution failed\njava.io.IOException: ${reason}\n`,
  finished: (result: string) => `Finished: ${result}\n`,
};

/** `hudson.tasks.Shell`: a first line with `#!` chooses the interpreter, and then there is no -xe. */
export function interpreter(script: string): string {
  return /^#!\s*(\S[^\n]*?)\s*(?:\n|$)/.exec(script)?.[1] ?? '/bin/sh -xe';
}
