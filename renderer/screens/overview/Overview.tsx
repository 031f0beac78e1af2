/** Where the window opens: what needs somebody, what runs, what comes next. */
import { Empty } from '../../parts/Faces.tsx';
import { t } from '../../texts/t.ts';

export function Overview() {
  return <Empty title={t('app.name')} why={t('app.promise')} />;
}
