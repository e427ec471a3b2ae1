import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { TimeMemory } from './charts/time-range.tsx';
import { CurrentSession } from './current-session.ts';
import { Frame } from './frame.tsx';
import { FunctionsPage } from './pages/functions/functions.page.tsx';
import { NoSuchPage } from './pages/no-such.page.tsx';
import { OverviewPage } from './pages/overview/overview.page.tsx';
import { SignInPage } from './pages/sign-in.page.tsx';
import { Live } from './parts/live.tsx';
import { Notices } from './parts/notice.tsx';
import { Skeleton } from './parts/states.tsx';
import { preloadPages } from './preload.ts';
import type { Session } from './session.ts';

const FunctionPage = lazy(() => import('./pages/functions/function.page.tsx'));
const CallsPage = lazy(() => import('./pages/calls/calls.page.tsx'));
const InstancesPage = lazy(() => import('./pages/instances/instances.page.tsx'));
const QueuePage = lazy(() => import('./pages/queue/queue.page.tsx'));
const SchedulesPage = lazy(() => import('./pages/schedules/schedules.page.tsx'));
const ReportsPage = lazy(() => import('./pages/reports/reports.page.tsx'));
const SecretsPage = lazy(() => import('./pages/secrets/secrets.page.tsx'));
const AlertsPage = lazy(() => import('./pages/alerts/alerts.page.tsx'));
const StorePage = lazy(() => import('./pages/store/store.page.tsx'));
const StoreItemPage = lazy(() => import('./pages/store/store-item.page.tsx'));
const SystemPage = lazy(() => import('./pages/system/system.page.tsx'));
const BoardsPage = lazy(() => import('./pages/boards/boards.page.tsx'));
const BoardPage = lazy(() => import('./pages/boards/board.page.tsx'));
const DeployPage = lazy(() => import('./pages/deploy/deploy.page.tsx'));
const ExplorePage = lazy(() => import('./pages/explore/explore.page.tsx'));

export function App() {
  const [session, setSession] = useState<Session>();
  const queries = useQueryClient();
  const isIn = session !== undefined;
  useEffect(() => {
    if (isIn) preloadPages();
  }, [isIn]);
  if (session === undefined) return <SignInPage signedIn={setSession} />;
  const signOut = (): void => {
    queries.clear();
    setSession(undefined);
  };
  return (
    <CurrentSession.Provider value={session}>
      <Live>
        <TimeMemory>
          <Notices>
            <Frame signOut={signOut}>
              <Suspense fallback={<Skeleton what="the page" />}>
                <Switch>
                  <Route path="/overview" component={OverviewPage} />
                  <Route path="/functions" component={FunctionsPage} />
                  <Route path="/functions/:namespace/:name/:tab?" component={FunctionPage} />
                  <Route path="/calls" component={CallsPage} />
                  <Route path="/deploy" component={DeployPage} />
                  <Route path="/explore" component={ExplorePage} />
                  <Route path="/boards" component={BoardsPage} />
                  <Route path="/boards/:name" component={BoardPage} />
                  <Route path="/instances/:tab?" component={InstancesPage} />
                  <Route path="/queue/:tab?" component={QueuePage} />
                  <Route path="/schedules" component={SchedulesPage} />
                  <Route path="/reports/:tab?/:id?" component={ReportsPage} />
                  <Route path="/secrets" component={SecretsPage} />
                  <Route path="/store" component={StorePage} />
                  <Route path="/store/:name" component={StoreItemPage} />
                  <Route path="/alerts/:tab?" component={AlertsPage} />
                  <Route path="/gateway/:tab?" component={SystemPage} />
                  <Route path="/">
                    <Redirect to="/overview" replace />
                  </Route>
                  <Route component={NoSuchPage} />
                </Switch>
              </Suspense>
            </Frame>
          </Notices>
        </TimeMemory>
      </Live>
    </CurrentSession.Provider>
  );
}
