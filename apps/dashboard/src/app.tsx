import { useQueryClient } from '@tanstack/react-query';
import { lazy, Suspense, useState } from 'react';
import { Redirect, Route, Switch } from 'wouter';
import { TimeMemory } from './charts/time-range.tsx';
import { CurrentSession } from './current-session.ts';
import { Frame } from './frame.tsx';
import { FunctionsPage } from './pages/functions.page.tsx';
import { SignInPage } from './pages/sign-in.page.tsx';
import { Skeleton } from './parts/states.tsx';
import type { Session } from './session.ts';

const FunctionPage = lazy(() => import('./pages/function.page.tsx'));
const CallsPage = lazy(() => import('./pages/calls.page.tsx'));
const BoardsPage = lazy(() => import('./pages/boards.page.tsx'));
const BoardPage = lazy(() => import('./pages/board.page.tsx'));
const DeployPage = lazy(() => import('./pages/deploy.page.tsx'));
const ExplorePage = lazy(() => import('./pages/explore.page.tsx'));

export function App() {
  const [session, setSession] = useState<Session>();
  const queries = useQueryClient();
  if (session === undefined) return <SignInPage signedIn={setSession} />;
  const signOut = (): void => {
    queries.clear();
    setSession(undefined);
  };
  return (
    <CurrentSession.Provider value={session}>
      <TimeMemory>
        <Frame signOut={signOut}>
          <Suspense fallback={<Skeleton what="the page" />}>
            <Switch>
              <Route path="/functions" component={FunctionsPage} />
              <Route path="/functions/:namespace/:name/:tab?" component={FunctionPage} />
              <Route path="/calls" component={CallsPage} />
              <Route path="/deploy" component={DeployPage} />
              <Route path="/explore" component={ExplorePage} />
              <Route path="/boards" component={BoardsPage} />
              <Route path="/boards/:name" component={BoardPage} />
              <Route>
                <Redirect to="/functions" replace />
              </Route>
            </Switch>
          </Suspense>
        </Frame>
      </TimeMemory>
    </CurrentSession.Provider>
  );
}
