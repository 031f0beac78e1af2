/** The commands about servers, real or simulated: sources, destinations, migrations, the demo. */
import type { Command } from 'commander';
import { addCheck } from './check.ts';
import { addCreate } from './create.ts';
import { addDemo } from './demo.ts';
import { addDiagnose } from './diagnose.ts';
import { addDestination } from './destinations.ts';
import { addLogs } from './logs.ts';
import { addMigrations } from './migrations.ts';
import { addNetwork } from './networks.ts';
import { addPlans } from './plans.ts';
import { addReport } from './report.ts';
import { addInstance, addResource } from './resources.ts';
import { addSchedule } from './schedule.ts';
import { addServe } from './serve.ts';
import { addServices } from './services.ts';
import { addSettings } from './settings.ts';
import { addSource } from './sources.ts';
import { addState } from './state.ts';
import { addTidy } from './tidy.ts';
import { addTokens } from './tokens.ts';
import { addVolume } from './volumes.ts';

export function addServerCommands(program: Command): void {
  program.commandsGroup('Where machines come from and go to:');
  addSource(program);
  addDestination(program);
  addDiagnose(program);
  addResource(program);
  addInstance(program);
  addNetwork(program);
  addVolume(program);
  program.commandsGroup('Migrations:');
  addCheck(program);
  addCreate(program);
  addMigrations(program);
  addSchedule(program);
  addPlans(program);
  addReport(program);
  addTidy(program);
  addDemo(program);
  program.commandsGroup('The daemon:');
  addServe(program);
  addServices(program);
  addSettings(program);
  addTokens(program);
  addState(program);
  addLogs(program);
}
