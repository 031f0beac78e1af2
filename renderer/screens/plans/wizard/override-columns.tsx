/** The columns of what machines have of their own. */
import type { CloudFacts } from '../../../../main/shared/cloud.ts';
import type { Column } from '../../../parts/table/column.ts';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { valueText } from './field-choices.ts';
import { fieldLabel, type FieldName } from './field-names.ts';
import type { Picked } from './effective.ts';
import { OwnCell } from './OwnCell.tsx';

const shown: readonly FieldName[] = ['targetName', 'whileRunning', 'mayPullPlug', 'keepMac', 'securityGroups'];
const extra: readonly FieldName[] = [
  'shutDownTimeoutSeconds',
  'floatingNetwork',
  'keyPair',
  'serverGroup',
  'availabilityZone',
  'bootTimeoutSeconds',
  'consoleMarker',
  'reachablePort',
  'nodeTags',
];

export function overrideColumns(
  facts: CloudFacts | null,
  reset: (ref: string, field: string) => void,
): readonly Column<Picked>[] {
  const column = (field: FieldName, isExtra: boolean): Column<Picked> => {
    const text = ({ options }: Picked): string => valueText(field, options[field], facts);
    return {
      id: field,
      title: fieldLabel(field),
      value: text,
      cell: (one) => (
        <OwnCell
          text={text(one)}
          about={`${fieldLabel(field)}, ${one.machine.name}`}
          isOwn={one.machine.options[field] !== undefined}
          onReset={() => reset(one.machine.ref, field)}
        />
      ),
      isExtra,
      width: 200,
    };
  };
  return [
    { id: 'vm', title: t('plans.vm'), value: ({ machine }) => machine.name, width: 160 },
    {
      id: 'wave',
      title: t('plans.wave'),
      value: ({ machine }) => machine.wave,
      text: ({ machine }) => numberText(machine.wave),
      isNumber: true,
      width: 70,
    },
    {
      id: 'own',
      title: t('plans.own'),
      value: ({ machine }) => Object.keys(machine.options).length,
      text: ({ machine }) => numberText(Object.keys(machine.options).length),
      isNumber: true,
      width: 120,
    },
    ...shown.map((field) => column(field, false)),
    ...extra.map((field) => column(field, true)),
  ];
}
