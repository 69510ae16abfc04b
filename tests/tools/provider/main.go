// A provider from outside for the engine tests: what init must find in a mirror, keep in the shared cache, check against
// the lock file and start as a process of its own. It has one resource, which lives in the state alone.
package main

import (
	"context"
	"log"

	"github.com/hashicorp/terraform-plugin-framework/datasource"
	"github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-framework/resource"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/planmodifier"
	"github.com/hashicorp/terraform-plugin-framework/resource/schema/stringplanmodifier"
	"github.com/hashicorp/terraform-plugin-framework/types"
)

type stamps struct{}

func (stamps) Metadata(_ context.Context, _ provider.MetadataRequest, answer *provider.MetadataResponse) {
	answer.TypeName = "stamp"
}
func (stamps) Schema(context.Context, provider.SchemaRequest, *provider.SchemaResponse)          {}
func (stamps) Configure(context.Context, provider.ConfigureRequest, *provider.ConfigureResponse) {}
func (stamps) DataSources(context.Context) []func() datasource.DataSource                        { return nil }
func (stamps) Resources(context.Context) []func() resource.Resource {
	return []func() resource.Resource{func() resource.Resource { return thing{} }}
}

type thing struct{}

type model struct {
	ID   types.String `tfsdk:"id"`
	Name types.String `tfsdk:"name"`
}

func (thing) Metadata(_ context.Context, _ resource.MetadataRequest, answer *resource.MetadataResponse) {
	answer.TypeName = "stamp_thing"
}

func (thing) Schema(_ context.Context, _ resource.SchemaRequest, answer *resource.SchemaResponse) {
	answer.Schema = schema.Schema{Attributes: map[string]schema.Attribute{
		"id": schema.StringAttribute{
			Computed:      true,
			PlanModifiers: []planmodifier.String{stringplanmodifier.UseStateForUnknown()},
		},
		"name": schema.StringAttribute{Required: true},
	}}
}

func (thing) Create(ctx context.Context, request resource.CreateRequest, answer *resource.CreateResponse) {
	var made model
	answer.Diagnostics.Append(request.Plan.Get(ctx, &made)...)
	made.ID = types.StringValue("stamp-" + made.Name.ValueString())
	answer.Diagnostics.Append(answer.State.Set(ctx, &made)...)
}

func (thing) Read(context.Context, resource.ReadRequest, *resource.ReadResponse) {}

func (thing) Update(ctx context.Context, request resource.UpdateRequest, answer *resource.UpdateResponse) {
	var made model
	answer.Diagnostics.Append(request.Plan.Get(ctx, &made)...)
	answer.Diagnostics.Append(answer.State.Set(ctx, &made)...)
}

func (thing) Delete(context.Context, resource.DeleteRequest, *resource.DeleteResponse) {}

func main() {
	serve := providerserver.ServeOpts{Address: "registry.terraform.io/xcloudflow/stamp"}
	if err := providerserver.Serve(context.Background(), func() provider.Provider { return stamps{} }, serve); err != nil {
		log.Fatal(err)
	}
}
