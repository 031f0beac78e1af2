/** Fifth step: looks at every machine before anything is done, and groups what was found by its rule. */
import { Alert, Button, Group, Progress, Stack, Text } from '@mantine/core';
import { ErrorCard } from '../../../parts/ErrorCard.tsx';
import { MayButton } from '../../../parts/MayButton.tsx';
import { numberText } from '../../../texts/format.ts';
import { t } from '../../../texts/t.ts';
import { ConnectionRemedy } from '../../connections/ConnectionRemedy.tsx';
import { AllMoved, isAllMoved } from './AllMoved.tsx';
import { checkedOf, groupsOf, runChecks, stopChecks, useChecks } from './checks.ts';
import { useWizard } from './context.ts';
import { FindingCard } from './FindingCard.tsx';
import { heldSummary } from './held.ts';
import { HeldCard } from './HeldCard.tsx';
import { Machines, NeedsFirst } from './MappingStep.tsx';
import { someNames } from './some-names.ts';
import classes from './Wizard.module.css';

export function CheckStep() {
  const { draft } = useWizard();
  if (draft.machines.length === 0 && draft.leftOut.length === 0) return <NeedsFirst step="machines" />;
  if (draft.destination === null) return <NeedsFirst step="destination" />;
  if (isAllMoved(draft)) return <AllMoved machines={draft.machines} />;
  return (
    <Machines>
      <Checks />
    </Machines>
  );
}

function Checks() {
  const { draft, change, picked } = useWizard();
  const { byRef, running } = useChecks();
  const toCheck = picked.filter(({ machine }) => machine.migration === null);
  const known = toCheck.map((one) => ({ one, checked: checkedOf(byRef, draft, one) }));
  const unchecked = known.filter(({ checked }) => checked === null).map(({ one }) => one);
  const failed = known.filter(({ checked }) => checked !== null && checked.error !== null);
  const groups = groupsOf(draft, toCheck, byRef);
  const isAllChecked = unchecked.length === 0 && toCheck.length > 0;
  const again = isAllChecked ? toCheck : unchecked;
  const [firstFailed] = failed;
  const held = running === null ? heldSummary(known) : null;

  return (
    <Stack gap="md">
      <Group id="check-run">
        {running === null ? (
          <MayButton
            takes="operator"
            isOff={toCheck.length === 0 ? t('wizard.nothingToCheck') : null}
            variant={isAllChecked ? 'default' : 'filled'}
            onClick={() => void runChecks(draft, again)}
          >
            {t(isAllChecked ? 'wizard.checkAgain' : 'wizard.check', {
              count: again.length,
              number: numberText(again.length),
            })}
          </MayButton>
        ) : (
          <>
            <Progress
              value={(100 * running.done) / Math.max(1, running.of)}
              w={260}
              aria-label={t('wizard.checking')}
            />
            <Text component="output">
              {t('wizard.checkedOf', { done: numberText(running.done), of: numberText(running.of) })}
            </Text>
            <Button variant="default" onClick={stopChecks}>
              {t('wizard.stopChecking')}
            </Button>
          </>
        )}
      </Group>
      {firstFailed?.checked?.error !== null && firstFailed?.checked !== undefined && firstFailed.checked !== null && (
        <div id="check-failed">
          <ErrorCard
            title={t('wizard.notCheckedTitle', {
              count: failed.length,
              names: someNames(failed.map(({ one }) => one.machine.name)),
            })}
            error={firstFailed.checked.error}
            actions={
              <ConnectionRemedy
                error={firstFailed.checked.error}
                source={draft.source}
                destination={draft.destination}
              />
            }
            onRetry={() =>
              void runChecks(
                draft,
                failed.map(({ one }) => one),
              )
            }
          />
        </div>
      )}
      {isAllChecked && running === null && groups.length === 0 && failed.length === 0 && (
        <Alert color="guts">
          {t('wizard.nothingFound', { count: toCheck.length, number: numberText(toCheck.length) })}
        </Alert>
      )}
      {groups.map((group) => (
        <FindingCard key={group.id} group={group} />
      ))}
      {held !== null && <HeldCard held={held} />}
      {draft.leftOut.length > 0 && (
        <Group className="guts-card" justify="space-between">
          <Text>
            {t('wizard.leftOut', {
              count: draft.leftOut.length,
              names: someNames(draft.leftOut.map(({ name }) => name)),
            })}
          </Text>
          <Button
            variant="default"
            size="xs"
            onClick={() => change(({ machines, leftOut }) => ({ machines: [...machines, ...leftOut], leftOut: [] }))}
          >
            {t('wizard.takeBack', { count: draft.leftOut.length })}
          </Button>
        </Group>
      )}
      {unchecked.length > 0 && running === null && <p className={classes['why']}>{t('wizard.checkWhy')}</p>}
    </Stack>
  );
}
