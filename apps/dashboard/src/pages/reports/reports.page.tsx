import { Redirect, useParams } from 'wouter';
import { Tabs } from '../../parts/tabs.tsx';
import { AnyPeriod } from './any-period.tsx';
import { Links } from './links.tsx';
import { MadeReport } from './made-report.tsx';
import { PastReports } from './past-reports.tsx';
import { Schedules } from './schedules.tsx';
import { Usage } from './usage.tsx';

const tabs = [
  { id: 'past', word: 'Past reports', Part: PastReports },
  { id: 'schedules', word: 'Schedules', Part: Schedules },
  { id: 'period', word: 'Any period', Part: AnyPeriod },
  { id: 'usage', word: 'Usage', Part: Usage },
  { id: 'links', word: 'Links', Part: Links },
];

/** What was, told in numbers: by itself at its time, or now; and taken along to spreadsheets. */
export default function ReportsPage() {
  const { tab = 'past', id } = useParams<{ tab?: string; id?: string }>();
  const here = tabs.find((one) => one.id === tab);
  if (here === undefined || (id !== undefined && tab !== 'past')) return <Redirect to="/reports" replace />;
  const about = <Tabs label="About reports" tabs={tabs} current={tab} to={(one) => `/reports/${one}`} />;
  return id === undefined ? <here.Part tabs={about} /> : <MadeReport id={id} tabs={about} />;
}
