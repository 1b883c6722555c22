/** What runs while somebody is signed in: the socket, the uploads, the keyboard. */
import { enter, who } from '../lib/api';
import { view } from '../lib/cell';
import { listen } from '../lib/keys';
import { live, tieToPage } from '../lib/live';
import { askFailedAgain } from '../lib/resource';
import { tray } from '../lib/upload';
import { question } from '../ui/confirm';
import { toasts } from '../ui/toasts';

listen();
tieToPage();

who.subscribe((now) => {
  if (now.state === 'somebody') live.start();
  if (now.state !== 'nobody') return;
  live.stop();
  void tray.clear();
  question.get()?.answer(false);
  question.set(null);
  toasts.set([]);
});

// The flag is part of what one may do: whoever reads `me` follows it too.
live.world.subscribe(({ printing }) => {
  const now = who.get();
  if (now.state !== 'somebody' || !printing) return;
  const { on, since } = now.me.printing;
  if (on !== printing.on || since !== printing.since) {
    enter({ ...now.me, printing: { ...now.me.printing, ...printing } });
  }
});

// What could not be asked while the service or the link was away is asked as soon as it is back.
view(live.world, ({ service }) => service?.up === true).subscribe((up) => up && askFailedAgain());
live.link.subscribe(({ state }) => {
  if (state === 'live') {
    askFailedAgain();
    tray.back();
  }
  if (state === 'reconnecting' || state === 'offline') tray.lost();
});
// Uploads may have a way where the socket has none.
addEventListener('online', () => tray.back());
document.addEventListener('visibilitychange', () => document.hidden || tray.back());
