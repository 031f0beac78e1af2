/** The commands about servers, real or simulated: sources, destinations, migrations, the demo. */
import type { Command } from 'commander';
import { addCreate } from './create.ts';
import { addDemo } from './demo.ts';
import { addDestination } from './destinations.ts';
import { addMigrations } from './migrations.ts';
import { addNetwork } from './networks.ts';
import { addReport } from './report.ts';
import { addInstance, addResource } from './resources.ts';
import { addSource } from './sources.ts';
import { addTidy } from './tidy.ts';

export function addServerCommands(program: Command): void {
  program.commandsGroup('Where machines come from and go to:');
  addSource(program);
  addDestination(program);
  addResource(program);
  addInstance(program);
  addNetwork(program);
  program.commandsGroup('Migrations:');
  addCreate(program);
  addMigrations(program);
  addReport(program);
  addTidy(program);
  addDemo(program);
}
