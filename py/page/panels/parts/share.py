"""Taking things along: the link to what is seen, with a choice of what it hides; picture and text as files."""

from page.browser.dom import all_of, all_selected_copied, by_id, write
from page.browser.files import save_as_png, save_field, save_text
from page.panels import save_svg
from page.panels.part import Part
from page.state import links
from page.text.markup import escape

FILES = ("svg", "png", "text")
SCALE = 2  # pixels of a saved PNG to one of the page


class Share(Part):
    needs_model = has_csv = False

    def title(self):
        return self.words.html("panel.share")

    async def fill(self):
        say = self.words.say
        address = self.page.address
        hidden = self.page.state.hide.split(",")
        boxes = []
        for name in links.HIDEABLE:
            boxes.append(
                '<label><input type="checkbox" data-hides="{}"{}> {}</label>'.format(
                    name, " checked" if name in hidden else "", escape(say("share.hide." + name))
                )
            )
        saves = []
        for kind in FILES:
            saves.append('<button type="button" id="save-{0}">{1}</button>'.format(kind, say("share." + kind)))
        return (
            '<section><h3><label for="share-link">{}</label></h3><p class="share-link">'
            '<input id="share-link" class="field" type="text" readonly value="{}">'
            '<button type="button" id="copy-link" class="strong">{}</button></p>'
            '<p id="share-said" role="status">{}</p><p class="note">{}</p></section>'
            '<fieldset class="hides"><legend>{}</legend>{}</fieldset>'
            '<section><h3>{}</h3><p class="saves">{}</p><p class="note">{}</p></section>'
        ).format(
            say("share.link"),
            escape(address.link()),
            say("share.copy"),
            say("share.long") if address.left_out else say("share.long.code") if address.code_left_out else "",
            say("share.not") + (" " + say("share.own") if self.page.models.is_user_checkpoint() else ""),
            say("share.hide"),
            "".join(boxes),
            say("share.save"),
            "".join(saves),
            say("share.csv"),
        )

    def resampled(self):
        by_id("share-link").value = self.page.address.link()

    def clicked(self, event):
        name = event.target.id
        if name == "copy-link":
            said = "share.copied" if all_selected_copied(by_id("share-link")) else "share.by_hand"
            write("share-said", self.words.say(said))
        elif name == "save-text":
            save_field(by_id("prompt"), "glassformer.txt")
        elif name == "save-svg":
            save_text(self.drawing(), self.page.cuts.file_name(".svg"), "image/svg+xml")
        elif name == "save-png":
            save_as_png(self.drawing(), self.page.cuts.file_name(".png"), SCALE, self.failed)

    def drawing(self):
        """The picture as SVG, for a moment without the frame inside which a long text scrolls."""
        flow = by_id("flow")
        scrolled = flow.scrollTop
        by_id("figure").classList.add("whole")
        self.figure.draw_ribbons()
        drawn = save_svg.svg(flow)
        by_id("figure").classList.remove("whole")
        flow.scrollTop = scrolled
        self.figure.draw_ribbons()
        return drawn

    def failed(self, reason):
        write("share-said", self.words.say("share.picture_failed", reason=reason))

    def changed(self, event):
        if event.target.getAttribute("data-hides"):
            ticked = [box.getAttribute("data-hides") for box in all_of("[data-hides]") if box.checked]
            self.page.state.set(hide=",".join(ticked))
            self.resampled()


PART = Share
