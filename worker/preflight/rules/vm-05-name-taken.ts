/** VM-05: a name that another server has. */
import type { Fix } from '../../../main/shared/preflight.ts';
import type { MoveFacts } from '../move-facts.ts';
import type { Rule } from '../rule.ts';
import { optionsFix } from '../fixes.ts';

export const nameTaken: Rule<MoveFacts> = {
  id: 'VM-05',
  group: 'machine',
  severity: 'warns',
  finds: ({ cloud, targetName }) => (cloud.serverNames.includes(targetName) ? [`“${targetName}”`] : []),
  says: 'A server of this name is there already; there will be two.',
  remedy: 'Give the new one another name (--target-name), or remove the old one.',
  fix: freeName,
  manual: 'The project has a server of this name. Nova allows two; people mix them up. Use `--target-name`.',
};

/** With the first number that makes it one of its own. */
function freeName({ cloud, targetName }: MoveFacts): Fix {
  let name = targetName;
  for (let number = 2; cloud.serverNames.includes(name); number++) name = `${targetName}-${number}`;
  return optionsFix(`Call it “${name}”.`, { targetName: name });
}
