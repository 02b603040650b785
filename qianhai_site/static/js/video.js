/**
 * Puts a video's player in the place of the link to it, when a reader presses that link and not before.
 */

document.addEventListener("click", (event) => {
  const opener = event.target.closest("a[data-player]");
  const plain = event.button === 0 && !(event.metaKey || event.ctrlKey || event.shiftKey || event.altKey);
  if (!opener || !plain) {
    return;
  }
  event.preventDefault();
  const player = document.createElement("iframe");
  const address = new URL(opener.dataset.player);
  address.searchParams.set("autoplay", "1");
  player.src = address;
  player.title = opener.dataset.title;
  player.allow = "autoplay; encrypted-media; fullscreen; picture-in-picture";
  player.referrerPolicy = "strict-origin-when-cross-origin";
  opener.replaceWith(player);
  player.focus();
});
