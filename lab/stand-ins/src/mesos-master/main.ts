import { resolveAddress } from '../shared/address.ts';
import { FlagError, type Flags } from '../shared/flags.ts';
import { createLog, programSink, type Log } from '../shared/log.ts';
import { build } from '../shared/build.ts';
import { bindFault, dieOfSigterm, programFlags } from '../shared/program.ts';
import { StartError } from './checks.ts';
import { masterFlags } from './flags.ts';
import { startMaster } from './start.ts';

dieOfSigterm();
void main(programFlags({ name: 'mesos-master', definitions: masterFlags }));

async function main(flags: Flags): Promise<void> {
  const log = createLog(programSink('mesos-master', flags.text('log_dir')));
  log.info('main.cpp:243', `Build: ${build.date} by ${build.user}`);
  log.info('main.cpp:244', `Version: ${build.version}`);
  try {
    const address = await resolveAddress(flags, process.env);
    const exit = (code: number) => process.exit(code);
    const { master } = await startMaster({ flags, env: process.env, address, log, exit });
    const { info } = master.core;
    log.info(
      'master.cpp:448',
      `Master ${info.id} (${info.hostname}) started on ${info.pid.replace('master@', '')}`,
    );
  } catch (fault) {
    refuse(flags, log, fault);
  }
}

function refuse(flags: Flags, log: Log, fault: unknown): never {
  if (fault instanceof StartError || fault instanceof FlagError) {
    log.error('main.cpp:381', `EXIT with status 1: ${fault.message}`);
    process.exit(1);
  }
  return bindFault(flags, log, fault);
}
