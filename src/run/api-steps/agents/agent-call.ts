import type { AgentStep } from '../../../plan/agent-step.ts';
import type { Run } from '../../run.ts';
import type { Call } from '../call.ts';
import { enterHost, strikeHost } from './file-entries.ts';
import { forgetAgent } from './forget.ts';
import { pauseBuilds, resumeBuilds } from './pause-builds.ts';
import { returnAgent } from './return.ts';
import { tryAgents } from './try.ts';
import { vacateAgent } from './vacate.ts';

export async function agentCall(run: Run, step: AgentStep): Promise<Call> {
  switch (step.kind) {
    case 'vacate-agent':
      return vacateAgent(run, step);
    case 'return-agent':
      return returnAgent(run, step.host);
    case 'forget-agent':
      return forgetAgent(run, step.host);
    case 'try-agents':
      return await tryAgents(run, step.hosts);
    case 'pause-builds':
      return pauseBuilds(run, step);
    case 'resume-builds':
      return resumeBuilds(run, step.controllers);
    case 'enter-host':
      return enterHost(run, step);
    case 'strike-host':
      return strikeHost(run, step);
  }
}
