// How long a page is deaf to its user: the tasks of its main thread, by Chromium's tracing.

const CATEGORIES = ['toplevel', 'blink.user_timing'];
const MARK = 'watched'; // in the trace, names the page's thread
const TASK = 'ThreadControllerImpl::RunTask';

export class MainThread {
  /** @param session a session of the browser for Chrome's DevTools protocol */
  constructor(page, session) {
    this._page = page;
    this._session = session;
  }

  /**
   * The longest task while `act` runs: in ms on the clock, which a busy machine lengthens, and in ms
   * of CPU, of which that task may be another one.
   */
  async longestDuring(act) {
    const session = this._session;
    const events = [];
    const collect = ({value}) => events.push(...value);
    session.on('Tracing.dataCollected', collect);
    await session.send('Tracing.start', {
      transferMode: 'ReportEvents', traceConfig: {includedCategories: CATEGORIES},
    });
    await act();
    await this._page.evaluate((name) => performance.mark(name), MARK);
    const complete = new Promise((resolve) => session.once('Tracing.tracingComplete', resolve));
    await session.send('Tracing.end');
    await complete;
    session.off('Tracing.dataCollected', collect);
    const {pid, tid} = events.find(({name}) => name === MARK);
    const tasks = events.filter((event) =>
      event.name === TASK && event.pid === pid && event.tid === tid && event.ph === 'X');
    const longest = (field) => Math.max(0, ...tasks.map((task) => (task[field] ?? 0) / 1000));
    return {ms: longest('dur'), cpuMs: longest('tdur')};
  }
}
