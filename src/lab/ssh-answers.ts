import { connect } from 'node:net';

const bannerDeadlineMs = 2000;

/** Whether an SSH server introduces itself at port 22, as seen from this machine. */
export async function sshAnswers(address: string): Promise<boolean> {
  return await new Promise((resolve) => {
    const socket = connect({ host: address, port: 22 });
    const end = (answer: boolean): void => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(bannerDeadlineMs, () => {
      end(false);
    });
    socket.once('error', () => {
      end(false);
    });
    socket.once('data', (data) => {
      end(data.toString('latin1').startsWith('SSH-2.0'));
    });
  });
}
