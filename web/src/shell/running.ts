/** What runs while somebody is signed in: the socket, the uploads, the keyboard. */
import { enter, who } from '../lib/api';
import { listen } from '../lib/keys';
import { live, tieToPage } from '../lib/live';
import { tray } from '../lib/upload';

listen();
tieToPage();

who.subscribe((now) => {
  if (now.state === 'somebody') live.start();
  if (now.state !== 'nobody') return;
  live.stop();
  void tray.clear();
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
