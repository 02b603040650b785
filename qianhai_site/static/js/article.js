/** What an article does beyond being a page. Collecting static files replaces each line by the file that it names. */
import "./brochure-dialog.js";
import "./share.js";
import "./headings.js";
import "./more.js";
import "./video.js";
import "./reads.js";
