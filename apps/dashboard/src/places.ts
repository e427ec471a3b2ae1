import {
  Bell,
  Box,
  CalendarClock,
  Cpu,
  FileText,
  Inbox,
  KeyRound,
  LayoutDashboard,
  LayoutGrid,
  LineChart,
  ListTree,
  type LucideIcon,
  Rocket,
  Settings,
  Store,
} from 'lucide-react';
import type { Action } from './keys.ts';

/** A page of the rail. */
export interface Place {
  readonly to: string;
  readonly word: string;
  readonly Icon: LucideIcon;
  readonly key?: Action;
  /** Whether it has a place in the bar of phones; the others are behind More. */
  readonly phone?: boolean;
}

export const places: readonly Place[] = [
  { to: '/overview', word: 'Overview', Icon: LayoutDashboard, key: 'goOverview', phone: true },
  { to: '/functions', word: 'Functions', Icon: Box, key: 'goFunctions', phone: true },
  { to: '/instances', word: 'Instances', Icon: Cpu, key: 'goInstances' },
  { to: '/calls', word: 'Calls', Icon: ListTree, key: 'goCalls', phone: true },
  { to: '/explore', word: 'Explore', Icon: LineChart, key: 'goExplore' },
  { to: '/boards', word: 'Boards', Icon: LayoutGrid, key: 'goBoards' },
  { to: '/queue', word: 'Queue', Icon: Inbox, key: 'goQueue' },
  { to: '/schedules', word: 'Schedules', Icon: CalendarClock, key: 'goSchedules' },
  { to: '/reports', word: 'Reports', Icon: FileText, key: 'goReports' },
  { to: '/secrets', word: 'Secrets', Icon: KeyRound, key: 'goSecrets' },
  { to: '/store', word: 'Store', Icon: Store, key: 'goStore' },
  { to: '/deploy', word: 'Deploy', Icon: Rocket, key: 'deploy' },
  { to: '/alerts', word: 'Alerts', Icon: Bell, key: 'goAlerts' },
  { to: '/gateway', word: 'System', Icon: Settings, key: 'goSystem' },
];
