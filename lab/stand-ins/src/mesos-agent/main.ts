import { resolveAddress } from '../shared/address.ts';
import { FlagError } from '../shared/flags.ts';
import { createLog, programSink, type Log } from '../shared/log.ts';
import { build } from '../shared/build.ts';
import { bindFault, dieOfSigterm, programFlags } from '../shared/program.ts';
import type { Flags } from '../shared/flags.ts';
import { StartError, thisEnvironment } from './environment.ts';
import { agentFlags } from './flags.ts';
import { RecoveryError } from './recovery.ts';
import { startAgent } from './start.ts';

dieOfSigterm();
void main(programFlags({ name: 'mesos-agent', definitions: agentFlags }));

async function main(flags: Flags): Promise<void> {
  const log = createLog(programSink('mesos-agent', flags.text('log_dir')));
  log.info('main.cpp:361', `Build: ${build.date} by ${build.user}`);
  log.info('main.cpp:362', `Version: ${build.version}`);
  try {
    const { agent } = await startAgent({
      flags,
      env: process.env,
      address: await resolveAddress(flags, process.env),
      environment: thisEnvironment,
      log,
      exit: (code) => process.exit(code),
    });
    process.once('SIGUSR1', () => {
      log.info('slave.cpp:988', 'Received SIGUSR1 signal; unregistering and shutting down');
      agent.unregister();
    });
  } catch (fault) {
    refuse(flags, log, fault);
  }
}

function refuse(flags: Flags, log: Log, fault: unknown): never {
  if (fault instanceof RecoveryError) {
    log.error(
      'slave.cpp:8366',
      `EXIT with status 1: Failed to perform recovery: ${fault.message}\n${fault.advice}`,
    );
    process.exit(1);
  }
  if (fault instanceof StartError || fault instanceof FlagError) {
    log.error('main.cpp:505', `EXIT with status 1: ${fault.message}`);
    process.exit(1);
  }
  return bindFault(flags, log, fault);
}
